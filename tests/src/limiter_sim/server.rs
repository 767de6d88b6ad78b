//! A service that limits its requests, and the oracle that knows its limit.

/// What a refusal says about when to return.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServerDelay {
    /// Nothing.
    None,
    /// The time until there is room.
    Exact,
    /// The same, rounded up to seconds.
    WholeSeconds,
}

/// How a service refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// With 429.
    TooMany,
    /// With 503, which says nothing about when to return.
    Unavailable,
    /// With 503 and the server delay of its limit.
    UnavailableUntil,
    /// With 429 or with 503 without a server delay, as a service behind a limiter of its own does.
    Either,
}

/// What a request is answered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Reply {
    Passed,
    TooMany(Option<f64>),
    Unavailable(Option<f64>),
}

impl Refusal {
    pub(super) fn reply(self, server_delay: Option<f64>, coin: bool) -> Reply {
        match self {
            Self::TooMany => Reply::TooMany(server_delay),
            Self::Unavailable => Reply::Unavailable(None),
            Self::UnavailableUntil => Reply::Unavailable(server_delay),
            Self::Either if coin => Reply::TooMany(server_delay),
            Self::Either => Reply::Unavailable(None),
        }
    }
}

/// A rate limit.
#[derive(Debug, Clone, Copy)]
pub enum Limit {
    /// A token bucket; its refusals say: one second.
    Bucket {
        /// Tokens per second.
        rate: f64,
        /// Tokens at most.
        burst: f64,
        /// From this second on, this rate.
        then: Option<(f64, f64)>,
    },
    /// Nothing gets through from this second on, whatever its refusals say.
    Down {
        /// The second.
        from: f64,
        /// What a refusal says.
        server_delay: Option<f64>,
    },
    /// So many in each second of the service's clock.
    Window {
        /// Requests per second.
        per_second: u32,
        /// What a refusal says.
        server_delay: ServerDelay,
    },
}

/// A limit at work.
#[derive(Debug)]
pub(super) struct Server {
    limit: Limit,
    /// Where in its first second the service's clock stands at time 0.
    phase: f64,
    tokens: f64,
    seen: f64,
    window: f64,
    used: u32,
    origin: f64,
}

impl Server {
    /// A fresh limit; time counts from `origin`.
    pub(super) fn new(limit: Limit, phase: f64, origin: f64) -> Self {
        let tokens = match limit {
            Limit::Bucket { burst, .. } => burst,
            Limit::Window { .. } | Limit::Down { .. } => 0.0,
        };
        Self { limit, phase, tokens, seen: origin, window: f64::NEG_INFINITY, used: 0, origin }
    }

    /// Takes a request in, or says when to return, if anything.
    pub(super) fn take(&mut self, now: f64) -> Result<(), Option<f64>> {
        match self.limit {
            Limit::Bucket { rate, burst, then } => {
                let rate = then.filter(|(at, _)| now - self.origin >= *at).map_or(rate, |(_, rate)| rate);
                self.tokens = (self.tokens + (now - self.seen) * rate).min(burst);
                self.seen = now;
                let room = self.tokens >= 1.0 - 1e-9;
                self.tokens -= if room { 1.0 } else { 0.0 };
                if room { Ok(()) } else { Err(Some(1.0)) }
            }
            Limit::Down { from, .. } if now - self.origin < from => Ok(()),
            Limit::Down { server_delay, .. } => Err(server_delay),
            Limit::Window { per_second, server_delay } => {
                let window = (now + self.phase).floor();
                if window > self.window {
                    (self.window, self.used) = (window, 0);
                }
                self.used += 1;
                if self.used <= per_second {
                    return Ok(());
                }
                let left = window + 1.0 - (now + self.phase);
                Err(match server_delay {
                    ServerDelay::None => None,
                    ServerDelay::Exact => Some(left),
                    ServerDelay::WholeSeconds => Some(left.ceil()),
                })
            }
        }
    }

    /// How long `calls` take at best: an oracle sends each as soon as there is room for it.
    pub(super) fn floor(limit: Limit, phase: f64, origin: f64, calls: usize, round_trip: f64) -> f64 {
        const STEP: f64 = 0.001;
        if let Limit::Down { .. } = limit {
            return round_trip;
        }
        let mut server = Self::new(limit, phase, origin);
        let (mut steps, mut done) = (0_u32, 0);
        loop {
            let now = origin + f64::from(steps) * STEP;
            while done < calls && server.would_take(now) && server.take(now).is_ok() {
                done += 1;
            }
            if done == calls {
                return now - origin + round_trip;
            }
            steps += 1;
        }
    }

    /// The oracle never asks in vain: a window counts refusals too.
    fn would_take(&self, now: f64) -> bool {
        match self.limit {
            Limit::Bucket { .. } | Limit::Down { .. } => true,
            Limit::Window { per_second, .. } => (now + self.phase).floor() > self.window || self.used < per_second,
        }
    }
}

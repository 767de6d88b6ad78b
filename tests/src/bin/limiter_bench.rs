//! Prints what the limiter costs against the floor and against a plain policy.

use std::process::ExitCode;

use keywright_tests::limiter_sim;

fn main() -> ExitCode {
    println!("{:<42}  round trip  requests/success  time/floor  order  (medians of {} seeds)", "", limiter_sim::SEEDS);
    let mut good = true;
    for row in limiter_sim::table() {
        println!("{row}");
        good &= row.is_good();
    }
    let run = limiter_sim::too_long_a_pause(limiter_sim::ROUND_TRIPS[0]);
    good &= run.successes == 0 && run.slept == 0.0;
    println!(
        "a pause longer than {} calls may wait: {} requests, {:.1} s of sleeping in line",
        run.stopped.len(),
        run.requests,
        run.slept
    );
    let run = limiter_sim::outage(100, 0.0, limiter_sim::ROUND_TRIPS[1], 0);
    println!("a service that is down: {} calls end after {} requests and {:.1} s", run.stopped.len(), run.requests, run.elapsed);
    println!("an unthrottled call passes the limiter in {} ns", limiter_sim::hot_path().as_nanos());
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

//! What a world hands out for each service: where it is, secrets, ids, and the clock (S7b).

use crate::clock::Clock;
use crate::world::World;

/// Names the service, then its required members, then those that may be absent.
macro_rules! credentials {
    ($($(#[$doc:meta])* $name:ident = $service:literal { $($member:ident),* } { $($optional:ident),* })*) => {$(
        $(#[$doc])*
        #[derive(Clone)]
        #[non_exhaustive]
        pub struct $name {
            /// Where the service listens.
            pub base_url: String,
            $(#[doc = concat!("The `", stringify!($member), "` of `POST /worlds`.")] pub $member: String,)*
            $(#[doc = concat!("The `", stringify!($optional), "` of `POST /worlds`, if there is one.")] pub $optional: Option<String>,)*
            /// The world's clock, for a client that is to share it.
            pub clock: Clock,
        }

        impl $name {
            pub(crate) fn of(world: &World) -> Self {
                Self {
                    base_url: world.base_url($service),
                    $($member: world.credential($service, stringify!($member)).unwrap_or_default(),)*
                    $($optional: world.credential($service, stringify!($optional)),)*
                    clock: world.clock.clone(),
                }
            }
        }

        impl std::fmt::Debug for $name {
            // By hand: the other members are secrets, or lie beside them.
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name)).field("base_url", &self.base_url).finish_non_exhaustive()
            }
        }
    )*};
}

credentials! {
    /// Seclai.
    Seclai = "seclai" { api_key, account_id } {}
    /// SegOps; `email` and `password` log in.
    Segops = "segops" { api_key, email, password, tenant_slug } {}
    /// SidClaw; `email` and `password` log in.
    Sidclaw = "sidclaw" { api_key, email, password, agent_id } {}
    /// Seenty; `management` is the owner's token. Some plans are born without a key.
    Seenty = "seenty" { management } { api_key }
    /// itellicoAI.
    Itellico = "itellico" { api_key, account_id, subaccount_id } {}
    /// Acme, the invented service; `account_id` is its organization.
    Acme = "acme" { api_key, account_id } {}
}

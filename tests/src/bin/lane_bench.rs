//! Prints what the throttle lane costs against the floor and against a plain policy.

use std::process::ExitCode;

use keywright_tests::lane_sim;

fn main() -> ExitCode {
    println!("{:<42}  round trip  requests/success  time/floor  order  (medians of {} seeds)", "", lane_sim::SEEDS);
    let mut good = true;
    for row in lane_sim::table() {
        println!("{row}");
        good &= row.is_good();
    }
    println!("an unthrottled call passes the lane in {} ns", lane_sim::hot_path().as_nanos());
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

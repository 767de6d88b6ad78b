//! The client against nginx: `servers NGINX FOLDER`.

use std::path::Path;
use std::process::ExitCode;

use keywright_tests::servers;

#[tokio::main]
async fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [nginx, folder] = words.as_slice() else {
        println!("servers takes the path of nginx and a folder to work in");
        return ExitCode::FAILURE;
    };
    match servers::run(Path::new(nginx), Path::new(folder)).await {
        Ok(said) => {
            print!("{said}");
            ExitCode::SUCCESS
        }
        Err(said) => {
            print!("{said}");
            ExitCode::FAILURE
        }
    }
}

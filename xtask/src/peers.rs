//! A measurement of another language: its program on one core, the server that it asks on another.
//!
//! Every language asks the same server, the Rust one of `call_bench`, so that it is never the
//! server which is measured.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::root::Root;
use crate::run;

/// Runs a program that finds the server's address in `KEYWRIGHT_SERVER`.
///
/// # Errors
/// When something does not build or run, or the program ends with an error.
pub fn measure(root: &Root, folder: &Path, program: &str, arguments: &[&str]) -> Result<(), String> {
    let build = ["build", "--quiet", "--release", "-p", "keywright-tests", "--bin", "call_bench"];
    if !run::quiet(root, &run::cargo(), &build)?.well {
        return Err("the server does not build".to_owned());
    }
    let server = root.target().join("release/call_bench").display().to_string();
    let mut server =
        Server(on_core("0", &server, &["--serve"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(words)?);
    let mut address = String::new();
    let said = server.0.stdout.take().ok_or("the server says nothing")?;
    BufReader::new(said).read_line(&mut address).map_err(words)?;
    let words = on_core("1", program, arguments);
    let arguments: Vec<&OsStr> = words.get_args().collect();
    let given = [("KEYWRIGHT_SERVER", OsStr::new(address.trim()))];
    let said = run::run(folder, &given, &words.get_program().to_string_lossy(), &arguments, true)?;
    if said.well { Ok(()) } else { Err("the measurement has failed".to_owned()) }
}

/// A server, until it is no longer needed.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A program on a core of its own, where the machine has two and lets us choose.
fn on_core(core: &str, program: &str, arguments: &[&str]) -> Command {
    let has_two = std::thread::available_parallelism().is_ok_and(|cores| cores.get() >= 2);
    let mut command = if has_two && Command::new("taskset").arg("--version").stdout(Stdio::null()).status().is_ok() {
        let mut command = Command::new("taskset");
        command.args(["-c", core, program]);
        command
    } else {
        Command::new(program)
    };
    command.args(arguments);
    command
}

fn words(error: std::io::Error) -> String {
    error.to_string()
}

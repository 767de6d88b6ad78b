//! The command line of the sandbox.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::net::IpAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use keywright_sandbox::{Choice, Options, Program, Variant, route_table};

/// Five API-key services on this machine, for tests: their rules, a virtual clock, faults, a journal.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Keep the worlds in this directory; in memory otherwise
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Fix ids, keys and chance
    #[arg(long)]
    seed: Option<u64>,
    /// `documented` or `live`, for all services or as SERVICE=VARIANT
    #[arg(long, value_name = "VARIANT")]
    variant: Vec<String>,
    /// A plan, for all services that know it or as SERVICE=PLAN
    #[arg(long, value_name = "PLAN")]
    plan: Vec<String>,
    /// Let this rule not hold
    #[arg(long = "break", value_name = "RULE")]
    broken: Vec<String>,
    /// Forgive unknown parameters, members and repeated headers
    #[arg(long)]
    lenient: bool,
    /// Honour Idempotency-Key
    #[arg(long)]
    idempotency: bool,
    /// `real`, `frozen` or `auto`, a time at which to begin, or both
    #[arg(long)]
    clock: Option<String>,
    /// The port of the first service, those of the others follow; 0 for any
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// The port of the control API; 0 for any
    #[arg(long, default_value_t = 0)]
    control_port: u16,
    /// Where to listen: a loopback address
    #[arg(long, default_value = "127.0.0.1")]
    address: IpAddr,
    /// End when the standard input ends
    #[arg(long)]
    watch_stdin: bool,
    /// Print every route and where it is known from
    #[arg(long)]
    routes: bool,
    /// Print every rule that --break knows
    #[arg(long)]
    rules: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if arguments.routes {
        print!("{}", route_table());
        return ExitCode::SUCCESS;
    }
    if arguments.rules {
        keywright_sandbox::rules().for_each(|rule| println!("{:32} {:14} {}", rule.id, rule.source, rule.text));
        return ExitCode::SUCCESS;
    }
    let ran = program(arguments).and_then(|program| program.run(&mut std::io::stdout()).map_err(|error| error.to_string()));
    match ran {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("keywright-sandbox: {error}");
            ExitCode::FAILURE
        }
    }
}

fn program(arguments: Arguments) -> Result<Program, String> {
    let mut options = Options::new();
    options.seed = arguments.seed;
    options.variant = choice(&arguments.variant, |text| match text {
        "documented" => Ok(Variant::Documented),
        "live" => Ok(Variant::Live),
        other => Err(format!("there is no variant `{other}`")),
    })?;
    options.plan = choice(&arguments.plan, |text| Ok(text.to_owned()))?;
    options.broken = arguments.broken;
    options.lenient = arguments.lenient;
    options.idempotency = arguments.idempotency;
    options.clock = arguments.clock;
    let mut program = Program::new(options, arguments.address);
    program.port = arguments.port;
    program.control_port = arguments.control_port;
    program.data = arguments.data;
    program.watch_stdin = arguments.watch_stdin;
    Ok(program)
}

/// One word for all services, or any number of SERVICE=WORD.
fn choice<T: Debug>(words: &[String], read: impl Fn(&str) -> Result<T, String>) -> Result<Choice<T>, String> {
    if let [word] = words
        && !word.contains('=')
    {
        return read(word).map(Choice::All);
    }
    let each = words.iter().map(|word| {
        let (service, value) = word.split_once('=').ok_or_else(|| format!("`{word}` is not SERVICE=VALUE"))?;
        Ok((service.to_owned(), read(value)?))
    });
    each.collect::<Result<BTreeMap<_, _>, String>>().map(Choice::Each)
}

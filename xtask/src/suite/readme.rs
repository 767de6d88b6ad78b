//! The programs of a package's README, as they stand there.

use crate::root::Root;

/// The blocks in a language that are whole programs, which is told by a mark in them.
///
/// # Errors
/// When there is no such block: what nobody runs would pass for what works.
pub fn programs(root: &Root, folder: &str, language: &str, mark: &str) -> Result<Vec<String>, String> {
    let text = root.read(&format!("{folder}/README.md"))?;
    let begin = format!("```{language}\n");
    let blocks = text.split(&begin).skip(1).filter_map(|rest| rest.split("```").next());
    let programs: Vec<String> = blocks.filter(|block| block.contains(mark)).map(str::to_owned).collect();
    if programs.is_empty() { Err("there is no program in it".to_owned()) } else { Ok(programs) }
}

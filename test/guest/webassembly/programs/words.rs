use std::collections::BTreeMap;
use std::io::{BufRead, Write};
fn main() -> std::io::Result<()> {
    let mut words: BTreeMap<String, usize> = BTreeMap::new();
    for line in std::io::stdin().lock().lines() {
        for word in line?.split_whitespace() { *words.entry(word.to_lowercase()).or_default() += 1; }
    }
    let mut report = std::fs::File::create("/report.txt")?;
    for (word, count) in &words { writeln!(report, "{word} {count}")?; }
    print!("{}", std::fs::read_to_string("report.txt")?);
    Ok(())
}

//! Writes the committed corpus: `cargo run -p media-relay-fuzz --example seeds`.

use std::path::Path;

fn main() -> std::io::Result<()> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for (target, name, input) in media_relay_fuzz::seeds::all() {
        std::fs::write(corpus.join(target).join(name), input)?;
    }
    Ok(())
}

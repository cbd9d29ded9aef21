//! The journal is written by the steps; cucumber's own output would only repeat it.

use cucumber::{Event, Writer, cli, event, parser, writer};

/// Takes every event and shows none.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Silent;

impl<W: 'static> Writer<W> for Silent {
    type Cli = cli::Empty;

    async fn handle_event(&mut self, _: parser::Result<Event<event::Cucumber<W>>>, _: &cli::Empty) {
    }
}

/// Scenarios run one after another, so events come in order as they are.
impl writer::Normalized for Silent {}

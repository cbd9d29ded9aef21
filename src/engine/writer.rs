//! The journal is written by the steps; cucumber's own output would only repeat it.

use cucumber::{Event, Writer, cli, event, parser};

/// Takes every event and shows none.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Silent;

impl<W: 'static> Writer<W> for Silent {
    type Cli = cli::Empty;

    async fn handle_event(&mut self, _: parser::Result<Event<event::Cucumber<W>>>, _: &cli::Empty) {}
}

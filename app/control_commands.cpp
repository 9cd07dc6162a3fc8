#include <fmt/format.h>

#include "app/commands.h"
#include "app/exit_code.h"
#include "app/open_store.h"

namespace quantrail::app {
namespace {

/// Asks the run's worker and says what was asked: `done` follows "asked run N to".
int asked(const Options& options, const std::string& run, tracking::Verb verb, std::string_view done) {
  auto named = named_run(options, run, tracking::Store::Mode::Write);
  if (!named) return complained(named.error());
  const auto request = named->runs.request(named->id, verb);
  if (!request) return complained(request.error());
  fmt::print("asked run {} to {}; `quantrail resume {}` goes on with it\n", named->id, done, named->id);
  return kDone;
}

}  // namespace

int run(const Options& options, const StopCommand& command) {
  return asked(options, command.run, tracking::Verb::Stop, "stop at the next safe point");
}

int run(const Options& options, const PauseCommand& command) {
  return asked(options, command.run, tracking::Verb::Pause, "pause at the next safe point, with all it has in memory");
}

}  // namespace quantrail::app

#include <fmt/format.h>

#include "app/commands.h"
#include "app/exit_code.h"
#include "app/open_store.h"

namespace quantrail::app {

int run(const Options& options, const StopCommand& command) {
  auto named = named_run(options, command.run, tracking::Store::Mode::Write);
  if (!named) return complained(named.error());
  const auto request = named->runs.request(named->id, tracking::Verb::Stop);
  if (!request) return complained(request.error());
  fmt::print("asked run {} to stop at the next safe point; `quantrail resume {}` goes on with it\n", named->id,
             named->id);
  return kDone;
}

}  // namespace quantrail::app

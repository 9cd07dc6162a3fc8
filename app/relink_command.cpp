#include <fmt/format.h>

#include "app/commands.h"
#include "app/exit_code.h"
#include "app/open_store.h"
#include "base/text.h"
#include "tracking/kept_models.h"

namespace quantrail::app {
namespace {

Result<std::string> relinked(const Options& options, const RelinkCommand& command) {
  auto named = named_run(options, command.run, tracking::Store::Mode::Write);
  if (!named) return failed(named);
  const auto details = named->runs.show(named->id);
  if (!details) return failed(details);
  const auto path = std::filesystem::absolute(command.model).lexically_normal();
  const auto model = load_model(path);
  if (!model) return failed(model);
  if (model->hash != details->model_hash) {
    return fail(Cause::InvalidInput, "{}: is another model ({}) than run {} began with ({})", path.string(),
                model->hash.hex().substr(0, 12), named->id, details->model_hash.hex().substr(0, 12));
  }
  const auto kept = tracking::renew_kept_model(named->store, *model);
  if (!kept) return failed(kept);
  const auto runs = named->runs.relink(model->hash, path);
  if (!runs) return failed(runs);
  return fmt::format("{}: the model of {} {}; {}", printable(path.string()), *runs, *runs == 1 ? "run" : "runs",
                     *kept ? "the store has a copy" : "too large for the store to copy");
}

}  // namespace

int run(const Options& options, const RelinkCommand& command) {
  const auto told = relinked(options, command);
  if (!told) return complained(told.error());
  fmt::print("{}\n", *told);
  return kDone;
}

}  // namespace quantrail::app

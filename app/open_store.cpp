#include "app/open_store.h"

#include <fmt/format.h>

#include <cstdlib>

#include "app/pick.h"
#include "base/text.h"

namespace quantrail::app {

Result<tracking::StoreOptions> store_options() {
  tracking::StoreOptions options;
  const char* journal = std::getenv("QUANTRAIL_JOURNAL");
  if (journal == nullptr || *journal == '\0') return options;
  const std::string_view wanted = journal;
  if (wanted == "truncate") options.connection.journal = tracking::Journal::Truncate;
  if (wanted == "wal") options.connection.journal = tracking::Journal::Wal;
  if (wanted == "truncate" || wanted == "wal") return options;
  return fail(Cause::InvalidInput, "QUANTRAIL_JOURNAL is \"{}\"; allowed are truncate and wal", printable(wanted));
}

Result<tracking::Store> opened_store(const Options& options, tracking::Store::Mode mode) {
  const auto folder = tracking::store_folder(options.store);
  if (!folder) return failed(folder);
  auto chosen = store_options();
  if (!chosen) return failed(chosen);
  return tracking::Store::open(*folder, mode, std::move(*chosen));
}

Result<NamedRun> named_run(const Options& options, std::string_view run, tracking::Store::Mode mode) {
  if (run.find('@') != std::string_view::npos) {
    return fail(Cause::InvalidInput, "{}: a whole run is needed here, without @", run);
  }
  auto store = opened_store(options, mode);
  if (!store) return failed(store);
  auto runs = tracking::Runs::open(*store);
  if (!runs) return failed(runs);
  const auto id = runs->find(run);
  if (!id) return failed(id);
  return NamedRun{std::move(*store), std::move(*runs), *id};
}

Result<NamedIteration> named_iteration(const Options& options, std::string_view target) {
  const auto at = target.rfind('@');
  const std::string_view which = at == std::string_view::npos ? "best" : target.substr(at + 1);
  auto run = named_run(options, target.substr(0, at), tracking::Store::Mode::Read);
  if (!run) return failed(run);
  auto details = run->runs.show(run->id);
  if (!details) return failed(details);
  const auto number = picked(*details, which);
  if (!number) return failed(number);
  IterationRecord iteration = details->iterations[static_cast<std::size_t>(*number)];
  return NamedIteration{std::move(*run), std::move(*details), std::move(iteration)};
}

}  // namespace quantrail::app

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "app/commands.h"
#include "app/exit_code.h"
#include "app/machine.h"
#include "app/open_store.h"
#include "app/version.h"
#include "base/parallel.h"
#include "base/text.h"
#include "runtime/plan.h"
#include "tracking/file_system.h"
#include "tracking/garbage.h"
#include "tracking/health.h"
#include "tracking/kept_models.h"
#include "tui/shell_text.h"

namespace quantrail::app {
namespace {

constexpr double kGibibyte = 1073741824.0;

struct StoreHealth {
  std::string folder{};
  bool there = false;
  std::string problem{};
  std::size_t runs = 0;
  std::size_t interrupted = 0;
  std::size_t workers = 0;  ///< runs that a worker has
  std::string network{};    ///< file system; empty: on this machine
  std::uint64_t free_bytes = 0;
  std::uint64_t orphan_bytes = 0;
  std::vector<std::string> copies{};  ///< what is wrong with copies of models
};

/// Of a copy that is not whole, while the original is.
std::string told_of_copy(const tracking::Store& store, const tracking::RunDetails& run, const Model& original) {
  const auto copy = tracking::kept_copy(store, run.model_hash);
  if (copy == tracking::KeptCopy::Whole || original.bytes > tracking::kLargestKeptModel) return {};
  return fmt::format("the kept copy of {} is {}; `quantrail relink {} {}` renews it",
                     printable(original.path.filename().string()),
                     copy == tracking::KeptCopy::Missing ? "missing" : "damaged", run.summary.id,
                     tui::shell_quoted(original.path.string()));
}

/// Whether the model of every run is still there, whole, and so is the store's copy; returns what is wrong with copies.
Result<std::vector<std::string>> check_models(const tracking::Store& store, tracking::Runs& runs,
                                              const std::vector<tracking::RunSummary>& summaries) {
  std::vector<std::string> wrong;
  std::set<Digest> seen;
  for (const auto& summary : summaries) {
    const auto details = runs.show(summary.id);
    if (!details) return failed(details);
    if (!seen.insert(details->model_hash).second) continue;
    const auto model = tracking::base_model(store, details->model_hash, details->model_path);
    if (!model) return failed(model, fmt::format("run {}", summary.id));
    // Else the copy was read.
    if (model->path != details->model_path) continue;
    if (auto told = told_of_copy(store, *details, *model); !told.empty()) wrong.push_back(std::move(told));
  }
  return wrong;
}

Result<StoreHealth> checked_store(const Options& options) {
  const auto folder = tracking::store_folder(options.store);
  if (!folder) return failed(folder);
  StoreHealth health{folder->string(), tracking::Store::exists(*folder)};
  if (!health.there) return health;
  health.network = tracking::network_of(*folder);
  std::error_code ignored;
  health.free_bytes = std::filesystem::space(*folder, ignored).available;
  auto chosen = store_options();
  if (!chosen) return failed(chosen);
  const auto looked = [&]() -> Status {
    const auto store = tracking::Store::open(*folder, tracking::Store::Mode::Read, *chosen);
    if (!store) return failed(store);
    if (auto sound = tracking::checked(*store); !sound) return failed(sound);
    auto runs = tracking::Runs::open(*store);
    if (!runs) return failed(runs);
    const auto summaries = runs->list();
    if (!summaries) return failed(summaries);
    health.runs = summaries->size();
    for (const auto& run : *summaries) {
      health.interrupted += run.state == tracking::RunState::Interrupted ? 1 : 0;
      health.workers += run.owned ? 1 : 0;
    }
    const auto garbage = tracking::found_garbage(*store);
    if (!garbage) return failed(garbage);
    for (const auto& found : *garbage) {
      if (found.kind == tracking::Garbage::Orphans) health.orphan_bytes = found.bytes;
    }
    auto copies = check_models(*store, *runs, *summaries);
    if (!copies) return failed(copies);
    health.copies = std::move(*copies);
    return {};
  }();
  if (!looked) health.problem = looked.error().message;
  return health;
}

void print_text(const RuntimeInfo& info, const StoreHealth& health) {
  fmt::print("quantrail    {}\n", kVersion);
  fmt::print("backend      {}\n", info.backend);
  fmt::print("instructions {} ({})\n", info.isa, int8_text(info));
  fmt::print("threads      {}\n", default_threads());
  if (!health.there) {
    fmt::print("store        {}: none yet; the first run makes it\n", printable(health.folder));
  } else if (health.problem.empty()) {
    fmt::print("store        {}: {}, {} runs, {} interrupted, {} at work; {:.1f} GiB free\n", printable(health.folder),
               health.copies.empty() ? "sound" : "the database is sound", health.runs, health.interrupted,
               health.workers, static_cast<double>(health.free_bytes) / kGibibyte);
    for (const auto& told : health.copies) fmt::print("             {}\n", told);
    if (health.orphan_bytes > 0) {
      fmt::print("             {:.1f} MiB belong to no run; `quantrail gc orphans` deletes them\n",
                 static_cast<double>(health.orphan_bytes) / 1048576.0);
    }
    if (!health.network.empty()) {
      fmt::print(
          "             on {}, whose locks are its server's: let only one machine at a time work here, or keep the "
          "store on a local disk\n",
          health.network);
    }
  } else {
    fmt::print("store        {}: {}\n", printable(health.folder), printable(health.problem));
  }
}

nlohmann::json as_json(const RuntimeInfo& info, const StoreHealth& health) {
  return {{"version", kVersion},
          {"backend", info.backend},
          {"instruction_set", info.isa},
          {"int8_exact", info.int8_exact},
          {"tiles", info.tiles},
          {"wide_tiles", info.wide_tiles},
          {"numerics_revision", info.numerics_revision},
          {"threads", default_threads()},
          {"store",
           {{"folder", health.folder},
            {"exists", health.there},
            {"problem", health.problem},
            {"runs", health.runs},
            {"interrupted", health.interrupted},
            {"at_work", health.workers},
            {"network_file_system", health.network},
            {"free_bytes", health.free_bytes},
            {"orphan_bytes", health.orphan_bytes},
            {"kept_copies", health.copies}}}};
}

}  // namespace

int run(const Options& options, const DoctorCommand& command) {
  const RuntimeInfo info = runtime_info();
  const auto health = checked_store(options);
  if (!health) return complained(health.error());
  if (command.format == Format::Json)
    fmt::print("{}\n", as_json(info, *health).dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
  else
    print_text(info, *health);
  return health->problem.empty() && health->copies.empty() ? kDone : kFailed;
}

}  // namespace quantrail::app

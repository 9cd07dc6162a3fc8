#include "app/health_rows.h"

#include <fmt/format.h>

#include <filesystem>

#include "app/machine.h"
#include "app/numbers.h"
#include "app/silence.h"
#include "app/version.h"
#include "base/parallel.h"
#include "runtime/plan.h"
#include "tracking/file_system.h"
#include "tracking/garbage.h"
#include "tracking/runs.h"

namespace quantrail::app {
namespace {

constexpr std::size_t kLargest = 10;

tui::HealthSection machine_section() {
  const RuntimeInfo info = runtime_info();
  return {"Machine",
          {fmt::format("quantrail {}, {}", kVersion, info.backend),
           fmt::format("{}, {} threads, instructions {}", this_machine().cpu, default_threads(), info.isa),
           int8_text(info)}};
}

tui::HealthSection store_section(const tracking::Store& store) {
  tui::HealthSection section{"Store", {store.folder().string()}};
  std::error_code failure;
  const auto size = std::filesystem::file_size(store.database_path(), failure);
  const auto space = failure ? std::filesystem::space_info{} : std::filesystem::space(store.folder(), failure);
  section.lines.push_back(
      failure ? "! " + failure.message()
              : fmt::format("database {}, {} free on its disk", size_text(size), size_text(space.available)));
  if (const auto network = tracking::network_of(store.folder()); !network.empty())
    section.lines.push_back(
        fmt::format("! on {}, whose locks are its server's: let only one machine at a time work here", network));
  section.lines.emplace_back("i reads all of it and checks it");
  return section;
}

tui::HealthSection worker_section(const tracking::Store& store) {
  tui::HealthSection section{"Workers", {}};
  auto runs = tracking::Runs::open(store);
  const auto all = runs ? runs->list(tracking::Listed::All) : Result<std::vector<tracking::RunSummary>>(failed(runs));
  if (!all) return {section.title, {"! " + all.error().message}};
  for (const auto& run : *all) {
    if (!run.owned) continue;
    const auto lease = runs->lease(run.id);
    if (!lease || !*lease) continue;
    const std::string silence = silence_text(**lease);
    section.lines.push_back(fmt::format("{}run {} {}: {}, process {} on {}, {}", silence.empty() ? "" : "! ", run.id,
                                        run.name, tracking::name_of(run.state), (*lease)->worker.pid,
                                        (*lease)->worker.host, silence.empty() ? (*lease)->step : silence));
  }
  if (section.lines.empty()) section.lines.emplace_back("none at work");
  return section;
}

tui::HealthSection garbage_section(const tracking::Store& store) {
  tui::HealthSection section{"Could be deleted (g)", {}};
  const auto garbage = tracking::found_garbage(store);
  if (!garbage) return {section.title, {"! " + garbage.error().message}};
  for (const auto& found : *garbage)
    section.lines.push_back(
        fmt::format("{:<8} {:>6}  {}", tracking::name_of(found.kind), found.things, size_text(found.bytes)));
  return section;
}

tui::HealthSection disk_section(const tracking::Store& store) {
  tui::HealthSection section{"Largest runs", {}};
  const auto use = tracking::disk_use(store);
  if (!use) return {section.title, {"! " + use.error().message}};
  for (std::size_t at = 0; at < use->size() && at < kLargest; ++at) {
    const auto& run = (*use)[at];
    section.lines.push_back(fmt::format("{:>10} own  {:>10} shared  run {} {}", size_text(run.own_bytes),
                                        size_text(run.shared_bytes), run.run, run.name));
  }
  if (section.lines.empty()) section.lines.emplace_back("no runs yet");
  return section;
}

}  // namespace

std::vector<tui::HealthSection> health_rows(const tracking::Store& store) {
  return {store_section(store), worker_section(store), garbage_section(store), disk_section(store), machine_section()};
}

std::vector<tui::HealthSection> health_rows_again(const tracking::Store& store,
                                                  std::vector<tui::HealthSection> before) {
  before.at(0) = store_section(store);
  before.at(1) = worker_section(store);
  return before;
}

}  // namespace quantrail::app

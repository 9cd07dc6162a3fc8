#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "app/commands.h"
#include "app/exit_code.h"
#include "app/numbers.h"
#include "app/open_store.h"
#include "app/table.h"
#include "base/text.h"
#include "tracking/backup.h"
#include "tracking/garbage.h"
#include "tracking/recover.h"
#include "tui/shell_text.h"

namespace quantrail::app {
namespace {

using tracking::Garbage;

std::string_view meaning(Garbage kind) {
  switch (kind) {
    case Garbage::Trash: return "runs in the trash";
    case Garbage::Orphans: return "models, logs and locks of no run";
    case Garbage::Answers: return "remembered answers, computed again when asked for";
    case Garbage::Backups: return "copies from before updates and recoveries";
  }
  return "";
}

Result<std::vector<Garbage>> kinds_of(const std::vector<std::string>& names) {
  std::vector<Garbage> kinds;
  std::vector<std::string> known;
  for (const auto kind : tracking::all_garbage()) known.emplace_back(name_of(kind));
  for (const auto& name : names) {
    const auto kind = tracking::garbage(name);
    if (!kind) {
      return fail(Cause::InvalidInput, "gc: there is no \"{}\"{}; known are {}", printable(name),
                  did_you_mean(name, known), joined(known, ", "));
    }
    kinds.push_back(*kind);
  }
  return kinds;
}

void print_found(const std::vector<tracking::GarbageFound>& found) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& one : found) {
    rows.push_back({std::string(name_of(one.kind)), std::to_string(one.things), size_text(one.bytes),
                    std::string(meaning(one.kind))});
  }
  fmt::print("{}",
             table({"scope", "things", "about", ""}, rows, {Align::Left, Align::Right, Align::Right, Align::Left}));
}

int print_plan(const tracking::Store& store, const GcCommand& command, const std::vector<Garbage>& kinds) {
  auto found = tracking::found_garbage(store);
  if (!found) return complained(found.error());
  if (!kinds.empty()) {
    std::erase_if(*found,
                  [&](const auto& one) { return std::find(kinds.begin(), kinds.end(), one.kind) == kinds.end(); });
  }
  if (command.format == Format::Json) {
    auto out = nlohmann::json::array();
    for (const auto& one : *found)
      out.push_back({{"scope", name_of(one.kind)}, {"things", one.things}, {"bytes", one.bytes}});
    fmt::print("{}\n", out.dump(2));
    return kDone;
  }
  print_found(*found);
  fmt::print("nothing is deleted yet: `quantrail gc SCOPE...` deletes what it names\n");
  return kDone;
}

int print_disk_use(const tracking::Store& store, Format format) {
  const auto uses = tracking::disk_use(store);
  if (!uses) return complained(uses.error());
  if (format == Format::Json) {
    auto out = nlohmann::json::array();
    for (const auto& use : *uses) {
      out.push_back(
          {{"run", use.run}, {"name", use.name}, {"own_bytes", use.own_bytes}, {"shared_bytes", use.shared_bytes}});
    }
    fmt::print("{}\n", out.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
    return kDone;
  }
  std::vector<std::vector<std::string>> rows;
  for (const auto& use : *uses)
    rows.push_back({std::to_string(use.run), use.name, size_text(use.own_bytes), size_text(use.shared_bytes)});
  const auto right = Align::Right;
  fmt::print("{}", table({"id", "name", "gone with it", "shared"}, rows, {right, Align::Left, right, right}));
  return kDone;
}

}  // namespace

int run(const Options& options, const BackupCommand& command) {
  const auto store = opened_store(options, tracking::Store::Mode::Read);
  if (!store) return complained(store.error());
  auto folder = std::filesystem::path(command.folder).lexically_normal();
  if (!folder.has_filename()) folder = folder.parent_path();  // "copy/"
  const auto done = tracking::back_up(*store, folder, !command.database_only);
  if (!done) return complained(done.error());
  fmt::print("{}: a store of its own, {}{}; `quantrail --store {} list` reads it\n", printable(command.folder),
             size_text(done->database_bytes),
             command.database_only
                 ? std::string(", without base models")
                 : fmt::format(" and {} base models of {}", done->models, size_text(done->model_bytes)),
             printable(tui::shell_quoted(command.folder)));
  return kDone;
}

int run(const Options& options, const GcCommand& command) {
  const auto kinds = kinds_of(command.scopes);
  if (!kinds) return complained(kinds.error());
  const bool deletes = !kinds->empty() && !command.dry_run;
  const auto store = opened_store(options, deletes ? tracking::Store::Mode::Write : tracking::Store::Mode::Read);
  if (!store) return complained(store.error());
  if (command.by_run) return print_disk_use(*store, command.format);
  if (!deletes) return print_plan(*store, command, *kinds);
  const auto done = tracking::collected(*store, *kinds);
  if (!done) return complained(done.error());
  print_found(done->gone);
  fmt::print("the store has {} instead of {}\n", size_text(done->bytes_after), size_text(done->bytes_before));
  if (!done->not_compacted) return kDone;
  fmt::print("the database's file could not shrink, which the next gc tries again: {}\n",
             printable(done->not_compacted->message));
  return done->not_compacted->cause == Cause::Blocked ? kDone : kFailed;
}

int run(const Options& options, const RecoverCommand&) {
  const auto folder = tracking::store_folder(options.store);
  if (!folder) return complained(folder.error());
  auto chosen = store_options();
  if (!chosen) return complained(chosen.error());
  const auto done = tracking::recover(*folder, std::move(*chosen));
  if (!done) return complained(done.error());
  fmt::print("recovered {} runs with {} iterations", done->runs, done->iterations);
  const auto rows = [&](const char* name) {
    const auto found = done->rows.find(name);
    return found == done->rows.end() ? std::int64_t{0} : found->second;
  };
  fmt::print(", {} rankings and {} answers; {} rows belonged to something that is lost\n", rows("rankings"),
             rows("evaluations") + rows("evaluation_blocks") + rows("blobs"), done->dropped);
  fmt::print("the damaged file is {}; `quantrail doctor` checks the new one\n", printable(done->set_aside.string()));
  return kDone;
}

}  // namespace quantrail::app

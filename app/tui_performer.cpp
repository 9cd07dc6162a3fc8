#include "app/tui_performer.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "app/form_fields.h"
#include "app/health_rows.h"
#include "app/program.h"
#include "app/self.h"
#include "app/terminal_width.h"
#include "app/tui_rows.h"
#include "base/text.h"
#include "tracking/run_query.h"

namespace quantrail::app {
namespace {

const std::vector<std::string> kColumns{"id",         "name", "state",   "best", "drop", "reverted",
                                        "iterations", "size", "created", "tags", "model"};
constexpr std::streamoff kOutput = 65536;
constexpr std::string_view kWaits = "note: waiting for storage";

std::vector<tui::Msg> told(const Error& error) { return {tui::Told{error.message, false}}; }

tracking::RunQuery query_of(const tui::Query& query) {
  return {query.trash ? tracking::Listed::Trashed : tracking::Listed::Kept, query.filter, query.sort,
          query.columns.empty() ? kColumns : query.columns};
}

/// The last lines of a file, as far as 64 KiB go.
std::vector<std::string> end_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return {};
  const std::streamoff size = file.tellg();
  const bool cut = size > kOutput;
  file.seekg(cut ? size - kOutput : 0);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line.substr(0, 4096));
  if (cut && !lines.empty()) lines.erase(lines.begin());
  return lines;
}

std::vector<std::string> cells_of(const std::vector<tracking::RunField>& fields, const tracking::RunFacts& facts,
                                  const tui::RunRow& row) {
  std::vector<std::string> cells;
  for (const auto& field : fields) {
    const auto value = field.of(facts);
    const bool unknown = std::holds_alternative<std::monostate>(value) && field.number;
    std::string text = unknown ? "-" : tracking::shown(field, value);
    if (field.name == "state") text = tui::state_text(row);
    if (field.name == "created") text = minute_text(facts.run.created_ms);
    cells.push_back(std::move(text));
  }
  return cells;
}

}  // namespace

TuiPerformer::TuiPerformer(tracking::Store store, tracking::Runs runs)
    : store_(std::move(store)), runs_(std::move(runs)) {
  options_.store = store_.folder().string();
}

std::vector<tui::Msg> TuiPerformer::read(const tui::Cmd& command) {
  return std::visit([this](const auto& one) { return done(one); }, command);
}

bool TuiPerformer::reopened() {
  auto runs = tracking::Runs::open(store_);
  if (!runs || !runs->data_version()) return false;
  runs_ = std::move(*runs);
  seen_.clear();
  return true;
}

bool TuiPerformer::unchanged(const std::string& what, std::int64_t version) const {
  const auto seen = seen_.find(what);
  return seen != seen_.end() && !seen->second.live && seen->second.version == version;
}

void TuiPerformer::remember(const std::string& what, std::int64_t version, bool live) {
  if (seen_.size() > 1000) seen_.clear();
  seen_[what] = {version, live};
}

TuiPerformer::Told TuiPerformer::done(const tui::LoadRuns& command) {
  const tui::Query& query = command.query;
  const std::string what =
      fmt::format("runs {} {} {} {}", query.filter, query.sort, joined(query.columns, ","), query.trash);
  const auto before = runs_.data_version();
  if (!before && command.fresh && reopened()) return done(command);
  if (!before) return {tui::Told{before.error().message + "; Ctrl-R opens what is there now", false}};
  if (!command.fresh && unchanged(what, *before)) return {};
  const auto facts = tracking::queried(runs_, query_of(query));
  if (!facts) return {tui::QueryRefused{query, facts.error().message}};
  tui::RunsLoaded loaded{query, {}, {}, 0, {}};
  const auto count = [&loaded](const tracking::RunSummary& run) {
    ++loaded.total;
    ++loaded.states[std::string(tracking::name_of(run.state))];
  };
  if (query.filter.empty()) {
    for (const auto& one : *facts) count(one.run);
  } else {
    const auto all = runs_.list(query.trash ? tracking::Listed::Trashed : tracking::Listed::Kept);
    if (!all) return told(all.error());
    for (const auto& run : *all) count(run);
  }
  std::vector<tracking::RunField> fields;
  for (const auto& column : query_of(query).columns) {
    fields.push_back(*tracking::run_field(column));
    loaded.columns.push_back({column, fields.back().number});
  }
  // An age grows by itself.
  const auto asked = query_of(query).columns;
  bool live =
      std::find(asked.begin(), asked.end(), "age") != asked.end() || query.filter.find("age") != std::string::npos;
  for (const auto& one : *facts) {
    // Only runs at work have a step to show.
    std::optional<tracking::LeaseRecord> lease;
    if (tracking::is_live(one.run.state)) {
      auto found = runs_.lease(one.run.id);
      if (!found) return told(found.error());
      lease = std::move(*found);
    }
    tui::RunRow row = run_row(one.run, lease);
    row.cells = cells_of(fields, one, row);
    loaded.runs.push_back(std::move(row));
    live = live || tracking::is_live(one.run.state) || one.run.owned;
  }
  remember(what, *before, live);
  return {std::move(loaded)};
}

TuiPerformer::Told TuiPerformer::done(const tui::LoadRun& command) {
  const std::string what = fmt::format("run {} {}", command.id, command.metric);
  const auto before = runs_.data_version();
  if (!before) return told(before.error());
  if (!command.fresh && unchanged(what, *before)) return {};
  const auto details = runs_.show(command.id);
  if (!details && details.error().cause == Cause::InvalidInput) return {tui::RunGone{command.id}};
  if (!details) return told(details.error());
  remember(what, *before, tracking::is_live(details->summary.state) || details->summary.owned);
  tui::RunDetail detail = run_detail(*details, command.metric);
  const auto log = store_.log_path(details->uid);
  detail.output = end_of(log);
  detail.output_path = log.string();
  // What the store cannot be told for want of room is in the log alone.
  if (detail.run.step && !detail.output.empty() && detail.output.back().find(kWaits) != std::string::npos)
    detail.run.step->trouble = detail.output.back();
  return {tui::RunLoaded{std::make_shared<const tui::RunDetail>(std::move(detail))}};
}

TuiPerformer::Told TuiPerformer::done(const tui::LoadComparison& command) {
  std::string what = "compare " + command.metric;
  for (const auto id : command.runs) what += fmt::format(" {}", id);
  const auto before = runs_.data_version();
  if (!before) return told(before.error());
  if (!command.fresh && unchanged(what, *before)) return {};
  std::vector<tracking::RunDetails> runs;
  Told answers;
  bool live = false;
  for (const auto id : command.runs) {
    auto details = runs_.show(id);
    if (!details && details.error().cause != Cause::InvalidInput) return told(details.error());
    if (!details) {
      answers = told(details.error());
      continue;
    }
    live = live || tracking::is_live(details->summary.state);
    runs.push_back(std::move(*details));
  }
  if (runs.empty()) return answers;
  remember(what, *before, live);
  answers.insert(answers.begin(),
                 tui::ComparisonLoaded{comparison_rows(std::move(runs), command.metric), command.runs});
  return answers;
}

TuiPerformer::Told TuiPerformer::done(const tui::LoadViews&) {
  const auto views = tracking::views(store_);
  if (!views) return told(views.error());
  tui::ViewsLoaded loaded;
  for (const auto& view : *views)
    loaded.views.push_back({view.name, {view.query.filter, view.query.sort, view.query.columns, false}});
  loaded.fields = tracking::run_field_names();
  return {std::move(loaded)};
}

TuiPerformer::Told TuiPerformer::done(const tui::LoadHealth& command) {
  health_ = command.fresh || health_.empty() ? health_rows(store_) : health_rows_again(store_, std::move(health_));
  return {tui::HealthLoaded{health_}};
}

TuiPerformer::Told TuiPerformer::done(const tui::LoadForm& command) {
  auto form = command.source.kind == tui::FormKind::Export ? export_form(options_, command.source)
                                                           : new_run_form(options_, command.source);
  if (!form) return told(form.error());
  for (const auto& [key, text] : command.changes) {
    for (auto& field : form->fields) {
      if (field.key == key) field.line = tui::line_of(text);
    }
  }
  return {tui::FormLoaded{std::move(*form)}};
}

TuiPerformer::Told TuiPerformer::done(const tui::CheckForm& command) {
  if (command.source.kind == tui::FormKind::Export) return {checked_export(options_, command)};
  return {checked_new_run(options_, command)};
}

TuiPerformer::Told TuiPerformer::done(const tui::Complete& command) {
  return {tui::Completed{command.text, completions_of(command.text)}};
}

TuiPerformer::Told TuiPerformer::done(const tui::WriteDraft& command) {
  const auto config = config_of(options_, command.source, overrides_of(command.changes));
  if (!config) return told(config.error());
  const auto path = drafts_.written(config->effective_json);
  if (!path) return told(path.error());
  return {tui::DraftWritten{*path}};
}

TuiPerformer::Told TuiPerformer::done(const tui::WriteNote& command) {
  const auto written = runs_.set_note(command.run, command.note, command.before);
  if (!written) return {tui::Told{written.error().message + "; m, then Up, has what was typed", false}};
  return {tui::Told{command.note.empty() ? "the note is gone" : "noted", true}};
}

TuiPerformer::Told TuiPerformer::done(const tui::SaveView& command) {
  const auto& query = command.view.query;
  const auto saved = tracking::save_view(
      store_, {command.view.name, {tracking::Listed::Kept, query.filter, query.sort, query.columns}});
  if (!saved) return told(saved.error());
  return {tui::Told{fmt::format("saved as view {}: v shows it", command.view.name), true}};
}

std::vector<tui::Msg> TuiPerformer::by_command(const std::vector<std::string>& arguments, bool show) const {
  std::vector<std::string> whole{self_path(), "--store", options_.store};
  if (const int columns = terminal_width(stdout); columns > 0)
    whole.insert(whole.end(), {"--terminal-columns", std::to_string(std::max(columns - 2, 1))});
  for (const auto& argument : arguments) whole.push_back(home_expanded(argument));
  ProgramRun run = run_program(whole);
  return {tui::CommandDone{arguments, run.exit_code, std::move(run.output), show}};
}

std::vector<tui::Msg> TuiPerformer::act(const tui::Cmd& command) {
  if (const auto* run = std::get_if<tui::RunCommand>(&command)) return by_command(run->arguments, run->show);
  const auto* form = std::get_if<tui::SubmitForm>(&command);
  if (form == nullptr) return {};
  if (form->source.kind == tui::FormKind::Export) return by_command(export_command(*form), false);
  Drafts drafts;
  if (form->check_only) {
    const auto config = config_of(options_, form->source, overrides_of(form->changes));
    const auto path = config ? drafts.written(config->effective_json) : Result<std::string>(failed(config));
    if (!path) return {tui::CommandDone{{"check"}, 2, path.error().message, false}};
    return by_command({"check", *path, "--forecast"}, false);
  }
  const auto arguments = new_run_command(*form, drafts);
  if (!arguments) return {tui::CommandDone{{"run"}, 1, arguments.error().message, false}};
  return by_command(*arguments, false);
}

}  // namespace quantrail::app

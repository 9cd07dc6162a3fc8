#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "base/text.h"
#include "tui/update_parts.h"

namespace quantrail::tui {
namespace {

constexpr std::size_t kMostCompared = 6;

std::string called(const RunRow& run) { return fmt::format("run {} {}", run.id, run.name); }

/// "run 3 kws", "runs 3 kws, 4 base and 5 more"
std::string named(const Model& model, const std::vector<std::int64_t>& runs) {
  constexpr std::size_t kMost = 3;
  std::vector<std::string> names;
  for (const auto& run : model.runs.runs) {
    if (names.size() < kMost && std::find(runs.begin(), runs.end(), run.id) != runs.end())
      names.push_back(fmt::format("{} {}", run.id, fitted(run.name, 20)));
  }
  const std::string more = runs.size() > names.size() ? fmt::format(" and {} more", runs.size() - names.size()) : "";
  return fmt::format("{} {}{}", runs.size() == 1 ? "run" : "runs", joined(names, ", "), more);
}

Next stop_asked(Model model, const RunRow& run) {
  if (!is_live(run))
    return telling(std::move(model), fmt::format("run {} is {}: nothing to stop", run.id, run.state), false);
  model.question = Question{
      fmt::format("stop {}? It can be resumed.", called(run)), U'y', "stop", {{"stop", std::to_string(run.id)}}};
  return still(std::move(model));
}

/// Paused, or about to be: its worker lives, and resume takes the wish back.
bool is_held(const RunRow& run) { return run.state == "paused" || run.pausing; }

Next pause_asked(Model model, const RunRow& run) {
  const std::string id = std::to_string(run.id);
  if (is_held(run)) return commanding(std::move(model), {"resume", id});
  if (run.state == "running") return commanding(std::move(model), {"pause", id});
  return telling(std::move(model), fmt::format("run {} is {}: only a run at work can be paused", id, run.state), false);
}

/// The marked runs of which `may` is true, each by `command`; the others are passed over.
Next each_of_the_marked(Model model, const std::function<bool(const RunRow&)>& may,
                        const std::function<std::vector<std::string>(const RunRow&)>& command, std::string_view what) {
  std::vector<std::vector<std::string>> commands;
  std::size_t others = 0;
  for (const auto& run : model.runs.runs) {
    if (!model.runs.marked.contains(run.id)) continue;
    if (may(run))
      commands.push_back(command(run));
    else
      ++others;
  }
  const std::size_t count = commands.size();
  if (count == 0) return telling(std::move(model), fmt::format("none of the marked runs can be {}", what), false);
  Next next = commanding_each(std::move(model), commands);
  if (others > 0) next.model.told = Told{fmt::format("{} {}; {} others cannot be", count, what, others), true};
  return next;
}

bool several_marked(const Model& model) { return model.screen() == Screen::Runs && chosen_runs(model).size() > 1; }

Next acted_on_the_marked(Model model, Action action) {
  const auto with = [](const char* verb, std::vector<std::string> more = {}) {
    return [verb, more](const RunRow& run) {
      std::vector<std::string> words{verb, std::to_string(run.id)};
      words.insert(words.end(), more.begin(), more.end());
      return words;
    };
  };
  switch (action) {
    case Action::Resume:
      return each_of_the_marked(
          std::move(model),
          [](const RunRow& run) { return run.state == "interrupted" || run.state == "failed" || is_held(run); },
          [&](const RunRow& run) { return is_held(run) ? with("resume")(run) : with("resume", {"--detach"})(run); },
          "resumed");
    case Action::Pause:
      return each_of_the_marked(
          std::move(model), [](const RunRow& run) { return run.state == "running" && !run.pausing; }, with("pause"),
          "paused");
    case Action::Star:
      return each_of_the_marked(
          std::move(model), [](const RunRow& run) { return !run.starred; }, with("star"), "starred");
    default: break;
  }
  return still(std::move(model));
}

/// The marked runs at work, in one question.
Next stop_of_the_marked_asked(Model model) {
  std::vector<std::vector<std::string>> commands;
  std::vector<std::int64_t> live;
  for (const auto& run : model.runs.runs) {
    if (!model.runs.marked.contains(run.id) || !is_live(run)) continue;
    live.push_back(run.id);
    commands.push_back({"stop", std::to_string(run.id)});
  }
  if (live.empty()) return telling(std::move(model), "none of the marked runs is at work", false);
  model.question =
      Question{fmt::format("stop {}? They can be resumed.", named(model, live)), U'y', "stop", std::move(commands)};
  return still(std::move(model));
}

Next resume_asked(Model model, const RunRow& run) {
  const std::string id = std::to_string(run.id);
  if (is_held(run)) return commanding(std::move(model), {"resume", id});
  if (run.state == "interrupted" || run.state == "failed")
    return commanding(std::move(model), {"resume", id, "--detach"});
  if (run.state == "unknown") {
    model.question = Question{fmt::format("take {} over, if its worker gives no sign of life for 20 s?", called(run)),
                              U'y',
                              "take over",
                              {{"resume", id, "--take-over", "--detach"}}};
    return still(std::move(model));
  }
  std::string text = fmt::format("run {} is {}: only an interrupted or paused run can be resumed", id, run.state);
  return telling(std::move(model), std::move(text), false);
}

Next export_asked(Model model, const RunRow& run) {
  if (run.iterations == 0)
    return telling(std::move(model), fmt::format("run {} has no iteration to export yet", run.id), false);
  const auto* iteration = model.screen() == Screen::Run ? current_iteration(model) : nullptr;
  FormSource source{FormKind::Export, iteration != nullptr ? fmt::format("{}@{}", run.id, iteration->index)
                                                           : fmt::format("{}@best", run.id)};
  return {std::move(model), {LoadForm{std::move(source), {}}}};
}

std::vector<std::string> ignored_in(const Model& model, std::int64_t run) {
  const auto found = model.ignored.find(run);
  if (found == model.ignored.end()) return {};
  return {found->second.begin(), found->second.end()};
}

Next new_asked(Model model) {
  const auto* run = current_run(model);
  FormSource source{FormKind::NewRun, run != nullptr ? std::to_string(run->id) : ""};
  if (run != nullptr) source.ignored = ignored_in(model, run->id);
  return {std::move(model), {LoadForm{std::move(source), {}}}};
}

Next branch_asked(Model model, const RunRow& run) {
  if (run.iterations == 0)
    return telling(std::move(model), fmt::format("run {} has no iteration to begin at yet", run.id), false);
  const auto* iteration = model.screen() == Screen::Run ? current_iteration(model) : nullptr;
  FormSource source{FormKind::NewRun, iteration != nullptr ? fmt::format("{}@{}", run.id, iteration->index)
                                                           : fmt::format("{}@best", run.id)};
  source.ignored = ignored_in(model, run.id);
  return {std::move(model), {LoadForm{std::move(source), {}}}};
}

Next marked(Model model) {
  RunsPage& page = model.runs;
  const std::int64_t id = page.runs[page.at].id;
  if (page.marked.erase(id) == 0) page.marked.insert(id);
  return moved(std::move(model), Action::Down);
}

Next all_marked(Model model) {
  RunsPage& page = model.runs;
  const bool every =
      std::all_of(page.runs.begin(), page.runs.end(), [&](const RunRow& run) { return page.marked.contains(run.id); });
  for (const auto& run : page.runs) {
    if (every)
      page.marked.erase(run.id);
    else
      page.marked.insert(run.id);
  }
  return still(std::move(model));
}

Next compare_asked(Model model) {
  auto runs = chosen_runs(model);
  const auto* current = current_run(model);
  if (runs.size() == 1 && current != nullptr && runs.front() != current->id) runs.push_back(current->id);
  if (runs.size() < 2 || runs.size() > kMostCompared) {
    return telling(std::move(model),
                   fmt::format("mark 2 to {} runs with Space, then c ({} marked)", kMostCompared,
                               model.runs.marked.empty() ? 0 : runs.size()),
                   false);
  }
  model.compare = ComparePage{.runs = std::move(runs)};
  return going_to(std::move(model), Screen::Compare);
}

/// Where a run is wanted and none is there.
Next without_run(Model model) {
  const Query& query = model.runs.query;
  const char* why = model.screen() != Screen::Runs ? "the run is still being read"
                    : query.trash                  ? "the trash is empty: T shows the runs"
                    : !query.filter.empty()        ? "no run passes the filter: \\ lifts it"
                                                   : "there is no run yet: n starts one";
  return telling(std::move(model), why, false);
}

Next trash_asked(Model model) {
  if (model.runs.query.trash)
    return telling(std::move(model), "these are in the trash: u takes one out, ! then g deletes for good", false);
  const auto runs = chosen_runs(model);
  if (runs.empty()) return without_run(std::move(model));
  std::vector<std::string> command{"rm"};
  for (const auto id : runs) command.push_back(std::to_string(id));
  const auto live = std::find_if(model.runs.runs.begin(), model.runs.runs.end(), [&](const RunRow& run) {
    return is_live(run) && std::find(runs.begin(), runs.end(), run.id) != runs.end();
  });
  if (live != model.runs.runs.end()) {
    std::string text = live->state == "stopping"
                           ? fmt::format("{} has not stopped yet", called(*live))
                           : fmt::format("{} is {}: X stops it first", called(*live), live->state);
    return telling(std::move(model), std::move(text), false);
  }
  const std::string what = named(model, runs);
  model.question = Question{
      fmt::format("put {} into the trash? u takes it out again.", what), U'y', "into the trash", {std::move(command)}};
  return still(std::move(model));
}

Next undo_asked(Model model) {
  std::vector<std::string> command{"undo"};
  const auto* run = current_run(model);
  if (model.runs.query.trash && run != nullptr) command.push_back(std::to_string(run->id));
  return commanding(std::move(model), std::move(command));
}

Next sort_asked(Model model) {
  Menu menu{Menu::For::Sort, "Sort by (the same again: the other way)", {{"", "newest first"}}};
  for (const auto& field : model.fields) {
    const std::string& sort = model.runs.query.sort;
    std::string text = field;
    if (sort == field) text += "  smallest first";
    if (sort == "-" + field) text += "  largest first";
    if (sort == field || sort == "-" + field) menu.at = menu.entries.size();
    menu.entries.push_back({field, std::move(text)});
  }
  model.menu = std::move(menu);
  return still(std::move(model));
}

Next views_asked(Model model) {
  Menu menu{Menu::For::View, "Views", {{"", "all runs, newest first"}}};
  for (const auto& view : model.views) {
    std::string text = view.name;
    if (!view.query.filter.empty()) text += "   " + view.query.filter;
    if (!view.query.sort.empty()) text += "   by " + view.query.sort;
    menu.entries.push_back({view.name, std::move(text)});
  }
  menu.entries.push_back({"+", "save filter, order and columns as they are ..."});
  model.menu = std::move(menu);
  return {std::move(model), {LoadViews{}}};
}

Next queried(Model model, Query query) {
  model.runs.query = query;
  return {std::move(model), {LoadRuns{std::move(query), true}}};
}

Next acted_on_chosen(Model model, Action action, const RunRow& run) {
  switch (action) {
    case Action::Open: return opening_run(std::move(model), run.id, std::nullopt);
    case Action::Mark: return marked(std::move(model));
    case Action::Rename:
      return asking(
          std::move(model),
          {Prompt::For::Rename, fmt::format("name of run {}", run.id), line_of(run.name), {run.id}, run.name});
    case Action::Copy:
      return {telling(std::move(model), fmt::format("copied: {}", run.id), true).model,
              {CopyText{std::to_string(run.id)}}};
    default: return acted_on_run(std::move(model), action);
  }
}

}  // namespace

std::optional<std::int64_t> run_called(const Model& model, const std::string& text) {
  if (!text.empty() && text.size() < 10 &&
      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }))
    return std::stoll(text);
  std::optional<std::int64_t> found;
  for (const auto& run : model.runs.runs) {
    if (run.name == text) return run.id;
    if (text == "latest") found = std::max(found.value_or(run.id), run.id);
  }
  const auto* current = current_run(model);
  if (text == "." && current != nullptr) return current->id;
  return found;
}

std::vector<std::int64_t> chosen_runs(const Model& model) {
  std::vector<std::int64_t> chosen;
  if (model.screen() == Screen::Runs) {
    // Nothing happens to what is not in sight.
    for (const auto& run : model.runs.runs) {
      if (model.runs.marked.contains(run.id)) chosen.push_back(run.id);
    }
    std::sort(chosen.begin(), chosen.end());
  }
  const auto* run = current_run(model);
  if (chosen.empty() && run != nullptr) chosen.push_back(run->id);
  return chosen;
}

Next acted_on_run(Model model, Action action) {
  if (const auto where = removal_of(model.run); model.screen() == Screen::Run && !where.empty()) {
    const std::string way_out = model.run.deleted ? "" : fmt::format("; `:undo {}` takes it out", model.run.id);
    return telling(std::move(model), fmt::format("run {} is {}{}", model.run.id, where, way_out), false);
  }
  const auto* current = current_run(model);
  if (action == Action::New) return new_asked(std::move(model));
  if (current == nullptr) return without_run(std::move(model));
  const RunRow run = *current;
  if (several_marked(model)) {
    if (action == Action::Stop) return stop_of_the_marked_asked(std::move(model));
    if (action == Action::Resume || action == Action::Pause || action == Action::Star)
      return acted_on_the_marked(std::move(model), action);
  }
  switch (action) {
    case Action::Stop: return stop_asked(std::move(model), run);
    case Action::Pause: return pause_asked(std::move(model), run);
    case Action::Resume: return resume_asked(std::move(model), run);
    case Action::Export: return export_asked(std::move(model), run);
    case Action::Branch: return branch_asked(std::move(model), run);
    case Action::Note:
      if (run.note.find('\n') != std::string::npos)
        return telling(std::move(model), "the note has several lines: `quantrail note` shows and writes it", false);
      return asking(std::move(model),
                    {Prompt::For::Note, fmt::format("note on run {}", run.id), line_of(run.note), {run.id}, run.note});
    case Action::Tag: {
      auto runs = chosen_runs(model);
      return asking(std::move(model), {Prompt::For::Tag, "tags (-tag takes one off)", {}, std::move(runs)});
    }
    case Action::Star:
      return commanding(std::move(model), run.starred
                                              ? std::vector<std::string>{"star", std::to_string(run.id), "--remove"}
                                              : std::vector<std::string>{"star", std::to_string(run.id)});
    default: return still(std::move(model));
  }
}

Next acted_on_list(Model model, Action action) {
  Query query = model.runs.query;
  switch (action) {
    case Action::Filter: {
      Prompt prompt{Prompt::For::Filter, "filter", line_of(query.filter), {}, query.filter};
      return asking(std::move(model), std::move(prompt));
    }
    case Action::ClearFilter:
      query.filter.clear();
      model.runs.marked.clear();
      return queried(std::move(model), std::move(query));
    case Action::ShowTrash:
      query.trash = !query.trash;
      model.runs.marked.clear();
      return queried(std::move(model), std::move(query));
    case Action::Sort: return sort_asked(std::move(model));
    case Action::Views: return views_asked(std::move(model));
    case Action::Compare: return compare_asked(std::move(model));
    case Action::MarkShown: return all_marked(std::move(model));
    case Action::Trash: return trash_asked(std::move(model));
    case Action::Undo: return undo_asked(std::move(model));
    case Action::Left: model.runs.first_column -= model.runs.first_column > 0 ? 1 : 0; return still(std::move(model));
    case Action::Right:
      // Behind number and name, the last column stays.
      if (model.runs.first_column + 3 < model.runs.columns.size()) ++model.runs.first_column;
      return still(std::move(model));
    default: break;
  }
  const auto* current = current_run(model);
  if (current == nullptr) return acted_on_run(std::move(model), action);
  const RunRow run = *current;
  return acted_on_chosen(std::move(model), action, run);
}

}  // namespace quantrail::tui

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "tui/layout.h"
#include "tui/update_parts.h"

namespace quantrail::tui {
namespace {

Next charts_changed(Model model) {
  // From the finest to the coarsest; without UTF-8 there is only one.
  switch (model.look.charts) {
    case Charts::Braille: model.look.charts = Charts::Blocks; break;
    case Charts::Blocks: model.look.charts = Charts::Ascii; break;
    case Charts::Ascii:
      model.look.charts = model.look.charset == Charset::Utf8 ? Charts::Braille : Charts::Ascii;
      break;
  }
  return still(std::move(model));
}

Next theme_changed(Model model) {
  model.look.theme = following(model.look.theme, Theme::Plain);
  return {std::move(model), {Repaint{}}};
}

Next search_asked(Model model) {
  const std::string before = model.screen() == Screen::Text ? model.text.search : model.run.search;
  Prompt prompt{Prompt::For::Search, "search", line_of(before), {}, before};
  return asking(std::move(model), std::move(prompt));
}

Next acted_on_health(Model model, Action action) {
  switch (action) {
    case Action::CheckStore: return commanding(std::move(model), {"doctor"}, true);
    case Action::Backup: return asking(std::move(model), {Prompt::For::Backup, "copy the store to the new folder", {}});
    case Action::Collect: return asking(std::move(model), {Prompt::For::Collect, "delete for good", {}});
    case Action::Undo: return commanding(std::move(model), {"undo"});
    default: return still(std::move(model));
  }
}

/// By half a page, as far as there is something to see.
Next moved_sideways(Model model, int direction) {
  const int step = direction * text_columns(model) / 2;
  model.text.column = std::clamp(model.text.column + step, 0, text_excess(model));
  return still(std::move(model));
}

Next acted_on_text(Model model, Action action) {
  switch (action) {
    case Action::NextMatch: return searched(std::move(model), 1);
    case Action::PreviousMatch: return searched(std::move(model), -1);
    case Action::Left: return moved_sideways(std::move(model), -1);
    case Action::Right: return moved_sideways(std::move(model), 1);
    default: return still(std::move(model));
  }
}

Next acted_on_screen(Model model, Action action) {
  switch (model.screen()) {
    case Screen::Runs: return acted_on_list(std::move(model), action);
    case Screen::Run: return acted_on_page(std::move(model), action);
    case Screen::Compare: return acted_on_compare(std::move(model), action);
    case Screen::Health: return acted_on_health(std::move(model), action);
    case Screen::Text: return acted_on_text(std::move(model), action);
    case Screen::Form: break;
  }
  return still(std::move(model));
}

}  // namespace

Next going_to(Model model, Screen screen) {
  // Where one was before is on the way back only once.
  const auto before = std::find(model.way.begin(), model.way.end(), screen);
  if (screen == Screen::Runs)
    model.way.clear();
  else if (before != model.way.end())
    model.way.erase(before);
  model.way.push_back(screen);
  model.told.reset();
  auto commands = reading(model, true);
  return {std::move(model), std::move(commands)};
}

Next going_back(Model model) {
  if (model.screen() == Screen::Form) model.form.reset();
  if (model.way.size() > 1) model.way.pop_back();
  model.told.reset();
  auto commands = reading(model, true);
  return {std::move(model), std::move(commands)};
}

Next opening_run(Model model, std::int64_t id, std::optional<std::int64_t> iteration) {
  RunPage page;
  page.id = id;
  page.zoom = model.run.zoom;
  page.wanted = iteration;
  page.tab = iteration ? RunTab::Models : RunTab::Live;
  if (model.runs.preview && model.runs.preview->run.id == id) page.detail = model.runs.preview;
  model.run = std::move(page);
  if (const RunLoaded known{model.run.detail}; known.detail) model = update(std::move(model), known).model;
  return going_to(std::move(model), Screen::Run);
}

Next showing_text(Model model, std::string title, std::vector<std::string> lines) {
  model.text = {std::move(title), std::move(lines)};
  return going_to(std::move(model), Screen::Text);
}

Next asking(Model model, Prompt prompt) {
  model.told.reset();
  model.prompt = std::move(prompt);
  return still(std::move(model));
}

std::vector<Cmd> reading(const Model& model, bool fresh) {
  switch (model.screen()) {
    case Screen::Runs: return {LoadRuns{model.runs.wanted, fresh}};
    case Screen::Run: return {LoadRun{.id = model.run.id, .fresh = fresh, .metric = model.run.metric}};
    case Screen::Compare: return {LoadComparison{model.compare.runs, fresh, model.compare.metric}};
    case Screen::Health: return {LoadHealth{fresh}};
    case Screen::Form:
    case Screen::Text: break;
  }
  return {};
}

std::vector<Cmd> first_commands(const Model& model) { return {LoadRuns{model.runs.query, true}, LoadViews{}}; }

std::vector<std::string> help_lines(const Model& model) {
  std::vector<Context> order = contexts_of(model);
  for (const auto& binding : key_table()) {
    if (std::find(order.begin(), order.end(), binding.context) == order.end()) order.push_back(binding.context);
  }
  std::vector<std::string> lines;
  for (const auto context : order) {
    lines.emplace_back(title_of(context));
    for (const auto& binding : key_table()) {
      if (binding.context == context) lines.push_back("  " + padded(binding.shown, 13) + std::string(binding.help));
    }
    lines.emplace_back();
  }
  for (const auto* line :
       {"Filters (/, and `quantrail list --help`)",
        "  state:running,interrupted   model:resnet*   tag:night   has:note",
        "  drop<0.01   best>=0.75   age<2d   param.maximal_drop=0.01   \"two words\"",
        "  words must all hold;  a | b: either;  not a: neither", "", "States",
        "  running      a worker process owns the run; leaving these screens changes nothing",
        "  paused       its worker waits, with all it has in memory: p or r lets it go on",
        "  interrupted  stopped, killed or rebooted: r goes on where it was",
        "  failed       the reason is in its row and its log; r tries again",
        "  unknown      a worker on another machine that nobody can see from here", "",
        "Commands (:)  the program's own, as in a shell; . is the selected run, % are the marked ones"}) {
    lines.emplace_back(line);
  }
  for (const auto& command : model.commands) lines.push_back("  " + padded(command.name, 13) + command.help);
  return lines;
}

Next acted(Model model, Action action) {
  if (is_move(action)) return moved(std::move(model), action);
  switch (action) {
    case Action::None: return still(std::move(model));
    case Action::Quit: return {std::move(model), {Quit{}}};
    case Action::Back: return going_back(std::move(model));
    case Action::Help: {
      auto lines = help_lines(model);
      return showing_text(std::move(model), "keys and commands", std::move(lines));
    }
    case Action::Palette: return asking(std::move(model), {Prompt::For::Command, ":", {}});
    case Action::Health: return going_to(std::move(model), Screen::Health);
    case Action::Reload: {
      auto commands = reading(model, true);
      return {std::move(model), std::move(commands)};
    }
    case Action::Redraw: return {std::move(model), {Repaint{}}};
    case Action::Suspend: return {std::move(model), {Suspend{}}};
    case Action::Theme: return theme_changed(std::move(model));
    case Action::Charts: return charts_changed(std::move(model));
    case Action::Search: return search_asked(std::move(model));
    case Action::LastOutput: {
      if (!model.output) return telling(std::move(model), "no command has printed a page meanwhile", false);
      TextPage page = *std::exchange(model.output, std::nullopt);
      return showing_text(std::move(model), std::move(page.title), std::move(page.lines));
    }
    default: return acted_on_screen(std::move(model), action);
  }
}

}  // namespace quantrail::tui

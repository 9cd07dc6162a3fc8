#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "tui/update_parts.h"

namespace quantrail::tui {
namespace {

/// "night -old": one command to put tags on, one to take them off, for each run.
Next tags_typed(Model model, const Prompt& prompt) {
  std::vector<std::string> on_tags;
  std::vector<std::string> off_tags;
  for (const auto& word : shell_words(text_of(prompt.line))) {
    if (word.size() > 1 && word.front() == '-')
      off_tags.push_back(word.substr(1));
    else
      on_tags.push_back(word);
  }
  std::vector<std::vector<std::string>> commands;
  const auto command = [&commands](std::int64_t run, const std::vector<std::string>& tags, bool remove) {
    if (tags.empty()) return;
    std::vector<std::string> arguments{"tag", std::to_string(run)};
    if (remove) arguments.emplace_back("--remove");
    arguments.emplace_back("--");
    arguments.insert(arguments.end(), tags.begin(), tags.end());
    commands.push_back(std::move(arguments));
  };
  for (const auto run : prompt.runs) {
    command(run, on_tags, false);
    command(run, off_tags, true);
  }
  return commanding_each(std::move(model), commands);
}

Next run_added(Model model, const std::string& text) {
  const auto known = run_called(model, text);
  if (!known) return telling(std::move(model), fmt::format("no run \"{}\" in sight: type its number", text), false);
  const std::int64_t run = *known;
  auto& runs = model.compare.runs;
  if (std::find(runs.begin(), runs.end(), run) != runs.end())
    return telling(std::move(model), fmt::format("run {} is compared already", run), false);
  if (runs.size() >= 6) return telling(std::move(model), "six runs are the most to compare", false);
  runs.push_back(run);
  auto commands = reading(model, true);
  return {std::move(model), std::move(commands)};
}

Next drop_typed(Model model, const std::string& text) {
  if (!model.run.detail || text.empty()) return still(std::move(model));
  FormSource source{FormKind::Export, fmt::format("{}@max-drop={}", model.run.id, text)};
  return {std::move(model), {LoadForm{std::move(source), {}}}};
}

void remember_typed(std::vector<std::string>& history, const std::string& text) {
  constexpr std::size_t kMost = 100;
  if (text.empty()) return;
  std::erase(history, text);
  history.push_back(text);
  if (history.size() > kMost) history.erase(history.begin());
}

/// Back to what was typed before, and forth to what the prompt began with. False: the key is none of these.
bool recalled(Model& model, const KeyPress& press) {
  Prompt& prompt = *model.prompt;
  const bool arrows = prompt.purpose != Prompt::For::Command;  // there they choose a suggestion
  const bool back = press == control(U'P') || (arrows && press.key == Key::Up);
  const bool forth = press == control(U'N') || (arrows && press.key == Key::Down);
  if (!back && !forth) return false;
  const auto& history = model.history[prompt.purpose];
  if (back && prompt.back < history.size()) ++prompt.back;
  if (forth && prompt.back > 0) --prompt.back;
  prompt.line = line_of(prompt.back == 0 ? prompt.before : history[history.size() - prompt.back]);
  return true;
}

Next submitted(Model model) {
  // What is no filter is not given up: it says why.
  if (model.prompt->purpose == Prompt::For::Filter && !model.runs.refused.empty()) return still(std::move(model));
  const Prompt prompt = *std::exchange(model.prompt, std::nullopt);
  const std::string text = text_of(prompt.line);
  remember_typed(model.history[prompt.purpose], text);
  const std::string as_typed = text_of(line_of(prompt.before));  // control characters are shown, not kept
  switch (prompt.purpose) {
    case Prompt::For::Filter: return still(std::move(model));
    case Prompt::For::Search:
      (model.screen() == Screen::Text ? model.text.search : model.run.search) = text;
      return searched(std::move(model), 0);
    case Prompt::For::Command: return command_typed(std::move(model), text);
    case Prompt::For::Note:
      if (text == as_typed) return still(std::move(model));
      return {std::move(model), {WriteNote{prompt.runs.front(), text, prompt.before}}};
    case Prompt::For::Tag: return tags_typed(std::move(model), prompt);
    case Prompt::For::Rename:
      if (text == as_typed) return still(std::move(model));
      return commanding(std::move(model), {"rename", std::to_string(prompt.runs.front()), "--", text});
    case Prompt::For::AddRun: return run_added(std::move(model), text);
    case Prompt::For::Backup:
      if (text.empty()) return telling(std::move(model), "no folder was typed", false);
      return commanding(std::move(model), {"backup", "--", text});
    case Prompt::For::Collect: {
      std::vector<std::string> arguments{"gc", "--"};
      const auto words = shell_words(text);
      if (words.empty()) return telling(std::move(model), "nothing was deleted", true);
      arguments.insert(arguments.end(), words.begin(), words.end());
      return commanding(std::move(model), std::move(arguments));
    }
    case Prompt::For::MaxDrop: return drop_typed(std::move(model), text);
    case Prompt::For::SaveView: {
      if (text.empty()) return telling(std::move(model), "a view needs a name", false);
      const Query query = model.runs.query;
      return {std::move(model), {SaveView{{text, query}}, LoadViews{}}};
    }
  }
  return still(std::move(model));
}

Next cancelled(Model model) {
  const Prompt prompt = *std::exchange(model.prompt, std::nullopt);
  if (prompt.purpose != Prompt::For::Filter) return still(std::move(model));
  model.runs.refused.clear();
  Query query = model.runs.query;
  query.filter = prompt.before;
  return {std::move(model), {LoadRuns{std::move(query), true}}};
}

/// Up and down walk through suggestions, Tab takes the selected one over.
bool chose_suggestion(Model& model, const KeyPress& press) {
  if (model.prompt->purpose != Prompt::For::Command) return false;
  const auto found = suggestions(model);
  Prompt& prompt = *model.prompt;
  if (press.key == Key::Down) {
    prompt.at = found.empty() ? 0 : std::min(prompt.at + 1, found.size() - 1);
  } else if (press.key == Key::Up) {
    prompt.at -= prompt.at > 0 ? 1 : 0;
  } else if (press.key == Key::Tab) {
    if (prompt.at < found.size()) prompt.line = line_of(found[prompt.at]->name + " ");
  } else {
    return false;
  }
  return true;
}

}  // namespace

Next typed_in_prompt(Model model, const KeyPress& press) {
  if (press.key == Key::Escape || press == control(U'C')) return cancelled(std::move(model));
  if (press == control(U'L')) return {std::move(model), {Repaint{}}};
  if (chose_suggestion(model, press)) return still(std::move(model));
  Prompt& prompt = *model.prompt;
  if (press.key == Key::Enter) {
    const auto found = suggestions(model);
    const bool name_only = prompt.line.text.find(U' ') == std::u32string::npos;
    const bool chosen = !prompt.line.text.empty() || prompt.at > 0;
    if (prompt.purpose == Prompt::For::Command && name_only && chosen && prompt.at < found.size())
      prompt.line = line_of(found[prompt.at]->name);
    return submitted(std::move(model));
  }
  const std::u32string before = prompt.line.text;
  if (!recalled(model, press)) edit(prompt.line, press);
  if (prompt.line.text == before) return still(std::move(model));
  prompt.at = 0;
  if (prompt.purpose != Prompt::For::Filter) return still(std::move(model));
  Query query = model.runs.query;
  query.filter = text_of(prompt.line);
  return {std::move(model), {LoadRuns{std::move(query), true}}};
}

namespace {

Next sorted(Model model, const std::string& field) {
  Query query = model.runs.query;
  query.sort = query.sort == field && !field.empty() ? "-" + field : field;
  model.runs.query = query;
  return {std::move(model), {LoadRuns{std::move(query), true}}};
}

Next viewed(Model model, const std::string& name) {
  if (name == "+") return asking(std::move(model), {Prompt::For::SaveView, "save the view as", {}});
  Query query;
  query.trash = model.runs.query.trash;
  for (const auto& view : model.views) {
    if (view.name == name && !name.empty()) query = view.query;
  }
  model.runs.query = query;
  model.runs.first_column = 0;
  return {std::move(model), {LoadRuns{std::move(query), true}}};
}

Next picked(Model model, const std::string& rule) {
  if (rule == "max-drop") return asking(std::move(model), {Prompt::For::MaxDrop, "export what drops no more than", {}});
  if (!model.run.detail) return still(std::move(model));
  const auto& detail = *model.run.detail;
  const auto pick = detail.picks.find(rule);
  for (std::size_t at = 0; at < detail.iterations.size() && pick != detail.picks.end(); ++at) {
    if (detail.iterations[at].index != pick->second) continue;
    model.run.iteration = at;
    model.run.follow = false;
  }
  return still(std::move(model));
}

}  // namespace

Next chose_in_menu(Model model, const KeyPress& press) {
  Menu& menu = *model.menu;
  const Action action = action_for(std::array{Context::Lists}, press);
  if (press.key == Key::Enter || press == on(U' ')) {
    const Menu chosen = *std::exchange(model.menu, std::nullopt);
    if (chosen.at >= chosen.entries.size()) return still(std::move(model));
    const std::string value = chosen.entries[chosen.at].value;
    switch (chosen.purpose) {
      case Menu::For::Sort: return sorted(std::move(model), value);
      case Menu::For::View: return viewed(std::move(model), value);
      case Menu::For::Pick: return picked(std::move(model), value);
      case Menu::For::LeaveOut: return run_left_out(std::move(model), std::stoll(value));
    }
  }
  if (action == Action::Down) {
    menu.at = menu.entries.empty() ? 0 : std::min(menu.at + 1, menu.entries.size() - 1);
  } else if (action == Action::Up) {
    menu.at -= menu.at > 0 ? 1 : 0;
  } else if (action == Action::First) {
    menu.at = 0;
  } else if (action == Action::Last) {
    menu.at = menu.entries.empty() ? 0 : menu.entries.size() - 1;
  } else if (press.key == Key::Escape || press == on(U'q') || press == control(U'C')) {
    model.menu.reset();
  }
  return still(std::move(model));
}

}  // namespace quantrail::tui

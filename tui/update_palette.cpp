#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"
#include "tui/update_parts.h"

namespace quantrail::tui {
namespace {

/// Commands that are about a run, and the key that does the same where nothing else was typed.
struct Known {
  std::string_view name;
  Action action;
};
constexpr std::array kByKey{
    Known{"run", Action::New},       Known{"stop", Action::Stop},     Known{"pause", Action::Pause},
    Known{"resume", Action::Resume}, Known{"export", Action::Export}, Known{"note", Action::Note},
    Known{"tag", Action::Tag},       Known{"star", Action::Star},     Known{"rename", Action::Rename},
    Known{"rm", Action::Trash},      Known{"undo", Action::Undo},     Known{"compare", Action::Compare},
    Known{"watch", Action::Open},    Known{"backup", Action::Backup}, Known{"doctor", Action::Health},
    Known{"list", Action::Filter},   Known{"quit", Action::Quit},     Known{"help", Action::Help},
};
constexpr std::array kAboutARun{"show", "rank"};  // without arguments: of the current run
constexpr std::array kNeedTheTerminal{"tui", "worker"};

Next on_a_screen_of_runs(Model model, Action action) {
  const bool lists_only = action == Action::Trash || action == Action::Compare || action == Action::Rename ||
                          action == Action::Filter || action == Action::Open;
  if (lists_only && model.screen() != Screen::Runs) model = going_to(std::move(model), Screen::Runs).model;
  switch (action) {
    case Action::Backup: return asking(std::move(model), {Prompt::For::Backup, "copy the store to the new folder", {}});
    case Action::Undo: return commanding(std::move(model), {"undo"});
    default: break;
  }
  return acted(std::move(model), action);
}

Next columns_typed(Model model, std::vector<std::string> words) {
  Query query = model.runs.query;
  query.columns.clear();
  model.runs.first_column = 0;
  for (const auto& word : words) {
    for (std::size_t at = 0; at <= word.size();) {
      const auto end = std::min(word.find(',', at), word.size());
      if (end > at) query.columns.push_back(word.substr(at, end - at));
      at = end + 1;
    }
  }
  return {std::move(model), {LoadRuns{std::move(query), true}}};
}

struct Choice {
  std::string_view name{};
  std::vector<std::string_view> words{};
  bool needed = true;  ///< without a word it is switched
};

/// Why the word behind the name is none that it takes; empty where it is one.
std::string refusal(const std::string& name, const std::string& word) {
  static const std::vector<Choice> choices{{"charts", {"braille", "blocks", "ascii"}},
                                           {"theme", {"colours", "strong", "plain"}},
                                           {"clock", {"on", "off"}, false},
                                           {"mouse", {"on", "off"}, false}};
  const auto choice = std::find_if(choices.begin(), choices.end(), [&](const Choice& one) { return one.name == name; });
  if (choice == choices.end() || (word.empty() && !choice->needed)) return "";
  if (std::find(choice->words.begin(), choice->words.end(), word) != choice->words.end()) return "";
  return fmt::format("{}: {} is expected{}", name, fmt::join(choice->words, " or "),
                     word.empty() ? "" : fmt::format(", not \"{}\"", word));
}

/// What only these screens know. False: it is none of that.
bool of_the_screens(Next& next, const std::vector<std::string>& words) {
  Model& model = next.model;
  const std::string& name = words.front();
  const std::string word = words.size() > 1 ? words[1] : "";
  if (name == "filter" || name == "sort") {
    Query query = model.runs.query;
    const std::string rest = joined(std::vector<std::string>(words.begin() + 1, words.end()), " ");
    (name == "filter" ? query.filter : query.sort) = rest;
    next = going_to(std::move(model), Screen::Runs);
    next.commands = {LoadRuns{std::move(query), true}};
  } else if (name == "columns") {
    next = columns_typed(std::move(model), {words.begin() + 1, words.end()});
  } else if (name == "view") {
    const auto view =
        std::find_if(model.views.begin(), model.views.end(), [&](const auto& v) { return v.name == word; });
    if (view == model.views.end()) {
      next = telling(std::move(model), fmt::format("there is no view \"{}\"; v shows them", word), false);
    } else {
      const Query query = view->query;
      next = going_to(std::move(model), Screen::Runs);
      next.commands = {LoadRuns{query, true}};
    }
  } else if (const std::string why = refusal(name, word); !why.empty()) {
    next = telling(std::move(model), why, false);
  } else if (name == "charts") {
    const bool utf8 = model.look.charset == Charset::Utf8;
    model.look.charts = word == "ascii" || !utf8 ? Charts::Ascii : word == "blocks" ? Charts::Blocks : Charts::Braille;
  } else if (name == "theme") {
    model.look.theme = word == "plain" ? Theme::Plain : word == "strong" ? Theme::Strong : Theme::Colours;
    next.commands = {Repaint{}};
  } else if (name == "clock") {
    model.look.clock = word.empty() ? !model.look.clock : word == "on";
    next.commands = {Repaint{}};
  } else if (name == "mouse") {
    model.look.mouse = word.empty() ? !model.look.mouse : word == "on";
    next.commands = {UseMouse{model.look.mouse}};
  } else {
    return false;
  }
  return true;
}

/// `.` is the current run, `%` are the chosen ones.
std::vector<std::string> with_runs(const Model& model, const std::vector<std::string>& words) {
  std::vector<std::string> all;
  const auto* run = current_run(model);
  for (const auto& word : words) {
    if (word == "%") {
      for (const auto id : chosen_runs(model)) all.push_back(std::to_string(id));
    } else if (run != nullptr && (word == "." || word.starts_with(".@"))) {
      all.push_back(std::to_string(run->id) + word.substr(1));
    } else {
      all.push_back(word);
    }
  }
  return all;
}

}  // namespace

namespace {

struct ShellWords {
  std::vector<std::string> words{};
  char open = '\0';  ///< the quote that nothing closes
};

ShellWords cut(const std::string& text) {
  std::vector<std::string> words;
  std::string word;
  bool inside = false;
  char quote = '\0';
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (quote != '\0') {
      if (c == quote)
        quote = '\0';
      else
        word += c;
    } else if (c == '\'' || c == '"') {
      quote = c;
      inside = true;
    } else if (c == '\\' && at + 1 < text.size()) {
      word += text[++at];
      inside = true;
    } else if (c == ' ' || c == '\t') {
      if (inside) words.push_back(std::exchange(word, {}));
      inside = false;
    } else {
      word += c;
      inside = true;
    }
  }
  if (inside) words.push_back(word);
  return {std::move(words), quote};
}

}  // namespace

std::vector<std::string> shell_words(const std::string& text) { return cut(text).words; }

char open_quote(const std::string& text) { return cut(text).open; }

std::vector<const PaletteEntry*> suggestions(const Model& model) {
  std::vector<const PaletteEntry*> found;
  if (!model.prompt || model.prompt->purpose != Prompt::For::Command) return found;
  const std::string text = text_of(model.prompt->line);
  const std::string name = text.substr(0, text.find(' '));
  const bool whole = name.size() < text.size();
  for (const bool at_start : {true, false}) {
    for (const auto& entry : model.commands) {
      const auto at = entry.name.find(name);
      if (whole ? entry.name == name && at_start : at != std::string::npos && (at == 0) == at_start)
        found.push_back(&entry);
    }
  }
  return found;
}

Next command_typed(Model model, const std::string& text) {
  auto words = shell_words(text);
  if (words.empty()) return still(std::move(model));
  if (const char quote = open_quote(text); quote != '\0')
    return telling(std::move(model), fmt::format("{}: a {} is open and not closed", words.front(), quote), false);
  const std::string name = words.front();
  if (words.size() == 1) {
    for (const auto& known : kByKey) {
      if (name == known.name) return on_a_screen_of_runs(std::move(model), known.action);
    }
    const auto* run = current_run(model);
    if (std::find(kAboutARun.begin(), kAboutARun.end(), name) != kAboutARun.end() && run != nullptr)
      words.push_back(std::to_string(run->id));
  }
  if (name == "quit") return {std::move(model), {Quit{}}};
  if (name == "help") return commanding(std::move(model), {words[1], "--help"}, true);
  // To watch a run is to have it open.
  if (name == "watch") {
    const auto run = words.size() == 2 ? run_called(model, words[1]) : std::nullopt;
    if (!run) return telling(std::move(model), "watch: the number of a run, or the name of one in the list", false);
    return opening_run(std::move(model), *run, std::nullopt);
  }
  Next next = still(std::move(model));
  if (of_the_screens(next, words)) return next;
  const bool known = std::any_of(next.model.commands.begin(), next.model.commands.end(),
                                 [&](const PaletteEntry& entry) { return entry.name == name; });
  if (!known || std::find(kNeedTheTerminal.begin(), kNeedTheTerminal.end(), name) != kNeedTheTerminal.end()) {
    std::vector<std::string> names;
    for (const auto& entry : next.model.commands) names.push_back(entry.name);
    return telling(std::move(next.model), fmt::format("no command \"{}\"{}", name, did_you_mean(name, names)), false);
  }
  auto arguments = with_runs(next.model, words);
  // The screens compute nothing and wait for nobody.
  const bool starts = (name == "run" || name == "resume") &&
                      std::find(arguments.begin(), arguments.end(), "--detach") == arguments.end();
  if (starts) arguments.emplace_back("--detach");
  return commanding(std::move(next.model), std::move(arguments), true);
}

}  // namespace quantrail::tui

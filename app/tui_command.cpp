#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "app/commands.h"
#include "app/exit_code.h"
#include "app/open_store.h"
#include "app/tui_performer.h"
#include "base/files.h"
#include "tui/loop.h"

namespace quantrail::app {
namespace {

constexpr const char* kScriptTerminal = "xterm-256color";

tui::Model first_model(bool scripted) {
  tui::Model model;
  model.look.charset = tui::charset_of_locale();
  model.look.charts = scripted && model.look.charset == tui::Charset::Utf8
                          ? tui::Charts::Braille
                          : tui::charts_of_terminal(model.look.charset);
  for (auto& [name, help] : command_names()) model.commands.push_back({name, help});
  for (const auto& [name, help] :
       {std::pair{"filter", "Show only runs that match: filter state:done drop<0.01"},
        std::pair{"sort", "Order of the runs: sort drop, sort -best"},
        std::pair{"columns", "Fields to show: columns id,name,drop,param.maximal_drop"},
        std::pair{"view", "Filter, order and columns saved under this name"},
        std::pair{"charts", "Charts of braille, blocks or ascii"}, std::pair{"theme", "colours, strong or plain"},
        std::pair{"clock", "on or off"}, std::pair{"mouse", "on or off: click a row, turn the wheel"},
        std::pair{"help", "Keys and commands"}, std::pair{"quit", "Leave; runs go on"}}) {
    model.commands.push_back({name, help});
  }
  return model;
}

/// What the screens leave undone ends with the process; what runs as a process of its own goes on.
[[nodiscard]] int ended(const tui::LoopEnd& end, TuiPerformer& performer, int code) {
  if (end.busy) {
    performer.forget_drafts();
    std::fflush(nullptr);
    std::_Exit(code);
  }
  return code;
}

int played(const TuiCommand& command, const std::shared_ptr<TuiPerformer>& performer, tui::Model model) {
  const auto text = read_file(command.script);
  if (!text) return complained(text.error());
  std::string whole = command.size.empty() ? "" : ":size " + command.size + "\n";
  const auto sized = tui::parsed_script(whole.empty() ? ":size 80x24" : whole, "--size");
  if (!sized) return complained(sized.error());
  auto script = tui::parsed_script(*text, command.script);
  if (!script) return complained(script.error());
  script->insert(script->begin(), sized->begin(), sized->end());
  std::FILE* in = std::fopen("/dev/null", "r");
  std::FILE* out = std::fopen("/dev/null", "w");
  if (in == nullptr || out == nullptr) return complained({Cause::Backend, "cannot open /dev/null"});
  tui::LoopEnd end;
  {
    auto screen = tui::CursesScreen::open(in, out, kScriptTerminal);
    if (!screen) return complained(screen.error());
    end = tui::run_script(*screen, performer, std::move(model), *script);
  }
  std::fclose(in);
  std::fclose(out);
  if (end.failed.empty()) return ended(end, *performer, kDone);
  const auto line = std::min(end.failed.find('\n'), end.failed.size());
  const int code = complained({Cause::Backend, end.failed.substr(0, line)});
  fmt::print(stderr, "{}", end.failed.substr(line));
  return ended(end, *performer, code);
}

/// Where screens cannot be shown, the list says as much in text.
int as_text(const Options& options, const std::string& why) {
  fmt::print(stderr, "quantrail: {}; this is `quantrail list`, and `show`, `watch` and `compare` print the rest\n",
             why);
  Options list = options;
  list.command = ListCommand{};
  return run(list, ListCommand{});
}

}  // namespace

int run(const Options& options, const TuiCommand& command) {
  const bool scripted = !command.script.empty();
  if (!scripted && (::isatty(STDIN_FILENO) != 1 || ::isatty(STDOUT_FILENO) != 1))
    return as_text(options, "no terminal for screens");
  const char* term = std::getenv("TERM");
  if (!scripted && (term == nullptr || *term == '\0' || std::string_view(term) == "dumb"))
    return as_text(options, "TERM names no terminal that can show screens");
  auto store = opened_store(options, tracking::Store::Mode::Create);
  std::string unwritable;
  if (!store) {
    // Who may not write may look.
    auto readable = opened_store(options, tracking::Store::Mode::Read);
    if (!readable) return complained(store.error());
    unwritable = "to look at only: " + store.error().message;
    store = std::move(readable);
  }
  auto runs = tracking::Runs::open(*store);
  if (!runs) return complained(runs.error());
  const std::string place = store->host().name + ":" + store->folder().string();
  auto performer = std::make_shared<TuiPerformer>(std::move(*store), std::move(*runs));
  tui::Model model = first_model(scripted);
  if (!scripted) model.place = place;
  if (!unwritable.empty()) model.told = tui::Told{unwritable, false};
  if (scripted) return played(command, performer, std::move(model));
  tui::LoopEnd end;
  {
    auto screen = tui::CursesScreen::open(stdin, stdout);
    if (!screen) return complained(screen.error());
    end = tui::run_loop(*screen, performer, std::move(model));
  }
  return ended(end, *performer, kDone);
}

}  // namespace quantrail::app

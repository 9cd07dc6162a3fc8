#include <fmt/format.h>
#include <unistd.h>

#include "app/commands.h"
#include "app/exit_code.h"
#include "app/export_command.h"
#include "app/open_store.h"
#include "app/self.h"
#include "app/tui_rows.h"
#include "tui/loop.h"

namespace quantrail::app {
namespace {

/// Does what the screens ask for, through the store and, where a run must be started, through this program's own
/// commands: the screens compute nothing and own nothing.
class StorePerformer final : public tui::Performer {
 public:
  StorePerformer(tracking::Store store, tracking::Runs runs) : store_(std::move(store)), runs_(std::move(runs)) {}

  std::vector<tui::Msg> perform(const tui::Cmd& command) override {
    return std::visit([this](const auto& c) { return done(c); }, command);
  }

 private:
  using Told = std::vector<tui::Msg>;
  static Told told(const Error& error) { return {tui::Told{error.message, false}}; }

  Told done(const tui::LoadRuns&) {
    const auto runs = runs_.list();
    if (!runs) return told(runs.error());
    tui::RunsLoaded loaded;
    for (const auto& run : *runs) {
      // Only runs at work have a step to show.
      const auto details = tracking::is_live(run.state) ? runs_.show(run.id) : Result<tracking::RunDetails>();
      const bool live = details && details->lease;
      loaded.runs.push_back(live ? run_detail(*details).run : run_row(run));
    }
    return {loaded};
  }
  Told done(const tui::LoadRun& command) {
    const auto details = runs_.show(command.id);
    if (!details) return told(details.error());
    return {tui::RunLoaded{run_detail(*details)}};
  }
  Told done(const tui::StartRun& command) { return by_command({"run", command.config, "--detach"}); }
  Told done(const tui::ResumeRun& command) { return by_command({"resume", std::to_string(command.id), "--detach"}); }
  Told done(const tui::StopRun& command) {
    const auto request = runs_.request(command.id, tracking::Verb::Stop);
    if (!request) return told(request.error());
    return {tui::Told{fmt::format("run {} stops at the next safe point", command.id), true}};
  }
  Told done(const tui::ExportRun& command) {
    const std::string which = command.iteration ? std::to_string(*command.iteration) : "best";
    Options options;
    options.store = store_.folder().string();
    ExportCommand wanted;
    wanted.target = fmt::format("{}@{}", command.id, which);
    wanted.output = command.path;
    const auto file = exported_to(options, wanted);
    if (!file) return told(file.error());
    return {tui::Told{file->sentence, true}};
  }
  Told done(const tui::Repaint&) { return {}; }
  Told done(const tui::Quit&) { return {}; }

  Told by_command(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--store", store_.folder().string()});
    const SelfRun result = run_self(arguments);
    return {tui::Told{result.last_line, result.exit_code == 0}};
  }

  tracking::Store store_;
  tracking::Runs runs_;
};

}  // namespace

int run(const Options& options, const TuiCommand&) {
  if (::isatty(STDIN_FILENO) != 1 || ::isatty(STDOUT_FILENO) != 1) {
    return complained(
        {Cause::Unsupported, "the screens need a terminal; `quantrail list`, `show` and `watch` print text"});
  }
  auto store = opened_store(options, tracking::Store::Mode::Create);
  if (!store) return complained(store.error());
  auto runs = tracking::Runs::open(*store);
  if (!runs) return complained(runs.error());
  StorePerformer performer(std::move(*store), std::move(*runs));
  auto screen = tui::CursesScreen::open(stdin, stdout);
  if (!screen) return complained(screen.error());
  tui::run_loop(*screen, performer, tui::charset_of_locale());
  return kDone;
}

}  // namespace quantrail::app

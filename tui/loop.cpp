#include "tui/loop.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <utility>

#include "base/files.h"
#include "base/process.h"
#include "base/text.h"
#include "base/time_text.h"
#include "tui/loop_signals.h"
#include "tui/shell_text.h"
#include "tui/workers.h"

namespace quantrail::tui {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
constexpr auto kShortestTick = std::chrono::seconds(1);
constexpr auto kLongestTick = std::chrono::seconds(5);
constexpr auto kRest = milliseconds(150);          // of keys, before the row under the cursor is looked at closely
constexpr auto kQuestionDeaf = milliseconds(300);  // keys that were under way to somewhere else
constexpr auto kQuietFinish = milliseconds(500);   // of what is still done once the screens are left
constexpr auto kScriptPatience = std::chrono::seconds(60);
constexpr int kCongested = 4096;  // bytes

std::string clock_text() { return local_text(std::int64_t{1000} * std::time(nullptr)).substr(11, 5); }

/// The editor of choice, on the terminal that curses has left.
Editing edited(const std::string& path) {
  const auto before = read_file(path);
  const char* visual = std::getenv("VISUAL");
  const char* editor = visual != nullptr && *visual != '\0' ? visual : std::getenv("EDITOR");
  const std::string program = editor != nullptr && *editor != '\0' ? editor : "vi";
  const auto code = run_in_foreground({.arguments = {"/bin/sh", "-c", program + " " + shell_quoted(path)}});
  if (code != 0) return Editing::Failed;
  const auto after = read_file(path);
  return before && after && *before == *after ? Editing::Unchanged : Editing::Changed;
}

class Loop {
 public:
  Loop(CursesScreen& screen, std::shared_ptr<Performer> performer, Model model)
      : screen_(screen), workers_(std::move(performer), WakePipe::wake), model_(std::move(model)) {
    model_.size = screen.size();
    for (auto& command : first_commands(model_)) workers_.ask(std::move(command));
  }

  LoopEnd run() {
    auto next_tick = Clock::now();
    while (!LeaveSignals::arrived() && !quit_) {
      if (Clock::now() >= next_tick) {
        next_tick = Clock::now() + tick_;
        handle(Ticked{clock_text()});
      }
      for (const auto& msg : workers_.answers()) handle(msg);
      while (!quit_) {
        const auto msg = screen_.poll_input();
        if (!msg) break;
        handle_input(*msg);
      }
      ask_rested();
      if (quit_) break;
      present();
      if (!wait_until(rested_ ? std::min(next_tick, rest_until_) : next_tick)) break;
    }
    if (quit_) finish();
    return {workers_.at_work(), {}};
  }

  LoopEnd play(const Script& script) {
    model_.clock.clear();
    settle();
    for (const auto& step : script) {
      if (quit_) return {workers_.at_work(), "the screens were left before the end of the script"};
      const std::string failed = std::visit([this](const auto& one) { return played(one); }, step);
      if (!failed.empty()) return {workers_.at_work(), failed};
      if (LeaveSignals::arrived()) break;
    }
    if (quit_) finish();
    return {workers_.at_work(), {}};
  }

 private:
  void handle(const Msg& msg) {
    const auto* tick = std::get_if<Ticked>(&msg);
    changed_ = changed_ || tick == nullptr || tick->clock != model_.clock;
    const bool asked = model_.question.has_value();
    Next next = update(std::move(model_), msg);
    model_ = std::move(next.model);
    if (model_.question && !asked) deaf_until_ = Clock::now() + kQuestionDeaf;
    for (auto& command : next.commands) dispatch(std::move(command));
  }

  void handle_input(const Msg& msg) {
    const auto* pressed = std::get_if<KeyPressed>(&msg);
    const bool paste =
        pressed != nullptr && (pressed->press.key == Key::PasteBegin || pressed->press.key == Key::PasteEnd);
    if (pressed != nullptr && !paste && model_.question && Clock::now() < deaf_until_) return;
    handle(msg);
  }

  void dispatch(Cmd command) {
    if (std::holds_alternative<Quit>(command)) {
      quit_ = true;
    } else if (std::holds_alternative<Repaint>(command)) {
      screen_.repaint();
      changed_ = true;
    } else if (std::holds_alternative<Suspend>(command)) {
      suspend();
    } else if (const auto* file = std::get_if<EditFile>(&command)) {
      edit(file->path);
    } else if (const auto* text = std::get_if<CopyText>(&command)) {
      screen_.copy(text->text);
    } else if (const auto* mouse = std::get_if<UseMouse>(&command)) {
      screen_.use_mouse(mouse->on);
    } else if (const auto* run = std::get_if<LoadRun>(&command); run != nullptr && run->quiet) {
      rested_ = *run;
      rest_until_ = Clock::now() + kRest;
    } else {
      workers_.ask(std::move(command));
    }
  }

  void ask_rested() {
    if (rested_ && Clock::now() >= rest_until_) workers_.ask(*std::exchange(rested_, std::nullopt));
  }

  /// On a slow line frames are left out, and asked for less often, rather than queued.
  void present() {
    const bool congested = screen_.unsent() > kCongested;
    tick_ = congested ? std::min<Clock::duration>(tick_ * 2, kLongestTick)
                      : std::max<Clock::duration>(tick_ / 2, kShortestTick);
    if (congested || !changed_) return;
    screen_.present(view(model_), model_.look);
    changed_ = false;
  }

  void suspend() {
    screen_.leave();
    ::raise(SIGTSTP);
    screen_.resume();
    handle(Resized{screen_.size()});
  }

  void edit(const std::string& path) {
    screen_.leave();
    const Editing how = edited(path);
    screen_.resume();
    handle(Resized{screen_.size()});
    handle(Edited{path, how});
  }

  /// False when the terminal is gone.
  bool wait_until(Clock::time_point when) {
    const auto left = std::chrono::duration_cast<milliseconds>(when - Clock::now()).count() + 1;
    std::array<pollfd, 2> fds{pollfd{STDIN_FILENO, POLLIN, 0}, pollfd{pipe_.reading_end(), POLLIN, 0}};
    ::poll(fds.data(), fds.size(), static_cast<int>(std::clamp<long>(left, 0, 5000)));
    pipe_.drain();
    return (fds[0].revents & (POLLHUP | POLLERR | POLLNVAL)) == 0;
  }

  /// Nothing that was accepted is forgotten because somebody left at once.
  void finish() {
    screen_.leave();
    const auto quiet_until = Clock::now() + kQuietFinish;
    bool told = false;
    while (!workers_.idle() && !LeaveSignals::arrived()) {
      for (const auto& msg : workers_.answers()) tell_failure(msg);
      if (!told && !model_.busy.empty() && Clock::now() >= quiet_until) {
        fmt::print(stderr, "quantrail: finishing {}; Ctrl-C leaves it\n", joined(model_.busy, ", "));
        told = true;
      }
      pause(milliseconds(20));
    }
  }

  static void tell_failure(const Msg& msg) {
    const auto* done = std::get_if<CommandDone>(&msg);
    if (done != nullptr && done->exit_code != 0) fmt::print(stderr, "{}", done->output);
    const auto* told = std::get_if<Told>(&msg);
    if (told != nullptr && !told->good) fmt::print(stderr, "quantrail: {}\n", printable(told->text));
  }

  // ---- scripts ----

  /// Until all that was asked for is done and shown.
  void settle() {
    for (;;) {
      for (const auto& msg : workers_.answers()) handle(msg);
      if (rested_) workers_.ask(*std::exchange(rested_, std::nullopt));
      if (quit_ || LeaveSignals::arrived()) return;
      if (workers_.idle()) break;
      pause(milliseconds(20));
    }
    screen_.present(view(model_), model_.look);
  }

  void pause(milliseconds time) {
    pollfd fd{pipe_.reading_end(), POLLIN, 0};
    ::poll(&fd, 1, static_cast<int>(time.count()));
    pipe_.drain();
  }

  std::string played(const ScriptKeys& step) {
    for (const auto& key : step.keys) {
      handle(KeyPressed{key});
      if (quit_) break;
      settle();
    }
    return {};
  }
  std::string played(const ScriptSize& step) {
    screen_.resize(step.size);
    handle(Resized{screen_.size()});
    settle();
    return {};
  }
  std::string played(const ScriptClock& step) {
    handle(Ticked{step.text});
    settle();
    return {};
  }
  std::string played(const ScriptWait& step) {
    const auto until = Clock::now() + kScriptPatience;
    for (;;) {
      for (const auto& msg : workers_.answers()) handle(msg);
      screen_.present(view(model_), model_.look);
      if (view(model_).to_text().find(step.text) != std::string::npos) return {};
      if (Clock::now() >= until || quit_ || LeaveSignals::arrived()) break;
      pause(milliseconds(100));
      handle(Ticked{model_.clock});
    }
    return fmt::format("never saw \"{}\" in:\n{}", step.text, view(model_).to_text());
  }
  std::string played(const ScriptDump& step) {
    const auto written = write_file(step.path, screen_.shown_text());
    return written ? std::string() : written.error().message;
  }

  CursesScreen& screen_;
  WakePipe pipe_{};
  LeaveSignals signals_{};
  Workers workers_;
  Model model_{};
  bool quit_ = false;
  bool changed_ = true;
  Clock::duration tick_ = kShortestTick;
  Clock::time_point deaf_until_{};
  std::optional<LoadRun> rested_{};
  Clock::time_point rest_until_{};
};

}  // namespace

LoopEnd run_loop(CursesScreen& screen, std::shared_ptr<Performer> performer, Model model) {
  return Loop(screen, std::move(performer), std::move(model)).run();
}

LoopEnd run_script(CursesScreen& screen, std::shared_ptr<Performer> performer, Model model, const Script& script) {
  return Loop(screen, std::move(performer), std::move(model)).play(script);
}

}  // namespace quantrail::tui

#include "tui/loop.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <ctime>
#include <deque>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>

namespace quantrail::tui {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kTick = std::chrono::seconds(1);

int wake_pipe = -1;
volatile std::sig_atomic_t leaving = 0;

void wake() {
  const char byte = 0;
  [[maybe_unused]] const ssize_t written = ::write(wake_pipe, &byte, 1);
}

extern "C" void on_signal(int) {
  leaving = 1;
  wake();
}

/// Leaves the loop on the signals that mean "go away"; puts the old handlers back.
class SignalGuard {
 public:
  SignalGuard() {
    struct sigaction action {};
    action.sa_handler = on_signal;
    for (std::size_t at = 0; at < kSignals.size(); ++at) sigaction(kSignals[at], &action, &old_[at]);
  }
  ~SignalGuard() {
    for (std::size_t at = 0; at < kSignals.size(); ++at) sigaction(kSignals[at], &old_[at], nullptr);
  }
  SignalGuard(const SignalGuard&) = delete;
  SignalGuard& operator=(const SignalGuard&) = delete;

 private:
  static constexpr std::array kSignals{SIGTERM, SIGHUP, SIGINT};
  std::array<struct sigaction, 3> old_{};
};

/// A pipe that ends poll(): signals and the worker write a byte into it.
class WakePipe {
 public:
  WakePipe() {
    if (::pipe2(ends_.data(), O_CLOEXEC | O_NONBLOCK) != 0) ends_ = {-1, -1};
    wake_pipe = ends_[1];
  }
  ~WakePipe() {
    wake_pipe = -1;
    ::close(ends_[0]);
    ::close(ends_[1]);
  }
  WakePipe(const WakePipe&) = delete;
  WakePipe& operator=(const WakePipe&) = delete;
  [[nodiscard]] int reading_end() const { return ends_[0]; }
  void drain() const {
    std::array<char, 64> bytes{};
    while (::read(ends_[0], bytes.data(), bytes.size()) > 0) {
    }
  }

 private:
  std::array<int, 2> ends_{-1, -1};
};

/// Runs commands beside the input thread, so that a slow disk never delays a key.
class Worker {
 public:
  explicit Worker(Performer& performer)
      : thread_([this, &performer](const std::stop_token& stop) { work(stop, performer); }) {}

  void ask(Cmd command) {
    const std::scoped_lock lock(guard_);
    // Loading again what is already waiting to be loaded tells nothing new.
    if (std::find(waiting_.begin(), waiting_.end(), command) == waiting_.end()) waiting_.push_back(std::move(command));
    ready_.notify_one();
  }

  std::vector<Msg> answers() {
    const std::scoped_lock lock(guard_);
    return std::exchange(answers_, {});
  }

 private:
  void work(const std::stop_token& stop, Performer& performer) {
    while (!stop.stop_requested()) {
      std::unique_lock lock(guard_);
      if (!ready_.wait(lock, stop, [this] { return !waiting_.empty(); })) return;
      const Cmd command = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      std::vector<Msg> told = performer.perform(command);
      lock.lock();
      for (auto& msg : told) answers_.push_back(std::move(msg));
      lock.unlock();
      wake();
    }
  }

  std::mutex guard_{};
  std::condition_variable_any ready_{};
  std::deque<Cmd> waiting_{};
  std::vector<Msg> answers_{};
  std::jthread thread_;  // last: starts when everything else exists
};

std::string clock_text() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  localtime_r(&now, &local);
  std::array<char, 16> text{};
  std::strftime(text.data(), text.size(), "%H:%M:%S", &local);
  return text.data();
}

class Loop {
 public:
  Loop(CursesScreen& screen, Performer& performer, Charset charset) : screen_(screen), worker_(performer) {
    model_.charset = charset;
    model_.size = screen.size();
  }

  void run() {
    auto next_tick = Clock::now();
    while (leaving == 0 && !quit_) {
      if (Clock::now() >= next_tick) {
        next_tick = Clock::now() + kTick;
        handle(Ticked{clock_text()});
      }
      for (const auto& msg : worker_.answers()) handle(msg);
      while (const auto msg = screen_.poll_input()) handle(*msg);
      if (quit_) break;
      screen_.present(view(model_));
      if (!wait_until(next_tick)) break;
    }
  }

 private:
  void handle(const Msg& msg) {
    Next next = update(std::move(model_), msg);
    model_ = std::move(next.model);
    for (auto& command : next.commands) {
      if (std::holds_alternative<Quit>(command))
        quit_ = true;
      else if (std::holds_alternative<Repaint>(command))
        screen_.repaint();
      else
        worker_.ask(std::move(command));
    }
  }

  /// False when the terminal is gone.
  bool wait_until(Clock::time_point when) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(when - Clock::now()).count();
    std::array<pollfd, 2> fds{pollfd{STDIN_FILENO, POLLIN, 0}, pollfd{pipe_.reading_end(), POLLIN, 0}};
    ::poll(fds.data(), fds.size(), static_cast<int>(std::clamp<long>(left, 0, 1000)));
    pipe_.drain();
    return (fds[0].revents & (POLLHUP | POLLERR | POLLNVAL)) == 0;
  }

  CursesScreen& screen_;
  WakePipe pipe_{};
  SignalGuard signals_{};
  Worker worker_;
  Model model_{};
  bool quit_ = false;
};

}  // namespace

void run_loop(CursesScreen& screen, Performer& performer, Charset charset) {
  leaving = 0;
  Loop(screen, performer, charset).run();
}

}  // namespace quantrail::tui

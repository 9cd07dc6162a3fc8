#include "tui/workers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>

namespace quantrail::tui {
namespace {

bool replaces(const Cmd& later, const Cmd& earlier) {
  if (later.index() != earlier.index()) return false;
  const bool changes = std::holds_alternative<SaveView>(later) || std::holds_alternative<WriteNote>(later);
  if (changes) return false;
  // What was to be read anew is read anew.
  if (const auto* runs = std::get_if<LoadRuns>(&earlier)) return !runs->fresh || std::get<LoadRuns>(later).fresh;
  if (const auto* run = std::get_if<LoadRun>(&earlier))
    return run->id == std::get<LoadRun>(later).id && run->metric == std::get<LoadRun>(later).metric &&
           (!run->fresh || std::get<LoadRun>(later).fresh);
  return true;
}

bool takes_long(const Cmd& command) {
  return std::holds_alternative<RunCommand>(command) || std::holds_alternative<SubmitForm>(command);
}

/// Commands over within a moment, in their order: they do not wait for those that compute.
bool is_short(const Cmd& command) {
  constexpr std::array<std::string_view, 9> kShort{"stop", "pause",  "resume", "star", "tag",
                                                   "note", "rename", "rm",     "undo"};
  const auto* run = std::get_if<RunCommand>(&command);
  return run != nullptr && std::find(kShort.begin(), kShort.end(), run->arguments.front()) != kShort.end();
}

/// What only looks at the store.
bool reads(const Cmd& command) {
  return std::holds_alternative<LoadRuns>(command) || std::holds_alternative<LoadRun>(command) ||
         std::holds_alternative<LoadComparison>(command) || std::holds_alternative<LoadHealth>(command) ||
         std::holds_alternative<LoadViews>(command);
}

/// One thing that goes wrong is no end of the screens.
std::vector<Msg> caught(const std::function<std::vector<Msg>()>& work) {
  try {
    return work();
  } catch (const std::exception& error) {
    return {Told{fmt::format("an error of this program: {}", error.what()), false}};
  }
}

/// Commands that wait for each other.
struct Lane {
  std::size_t most = 1;   ///< at once
  std::size_t doers = 0;  ///< threads that do it
  std::deque<Cmd> to_do{};
};

}  // namespace

struct Workers::Shared {
  std::shared_ptr<Performer> performer{};
  std::function<void()> wake{};
  mutable std::mutex guard{};
  std::condition_variable ready{};
  std::deque<Cmd> waiting{};
  std::vector<Msg> answers{};
  Lane short_ones{};
  Lane long_ones{.most = 4};  ///< more at once would only wait for the store
  std::size_t under_way = 0;
  bool closed = false;

  void tell(std::vector<Msg> told) {
    const std::scoped_lock lock(guard);
    --under_way;
    if (closed) return;
    for (auto& msg : told) answers.push_back(std::move(msg));
    wake();
  }

  /// False: there is none, and the thread is not counted any more.
  bool take_to_do(Lane& lane, Cmd& command) {
    const std::scoped_lock lock(guard);
    if (closed || lane.to_do.empty()) {
      --lane.doers;
      return false;
    }
    command = std::move(lane.to_do.front());
    lane.to_do.pop_front();
    return true;
  }

  /// False: there will be no more.
  bool take(Cmd& command) {
    std::unique_lock lock(guard);
    ready.wait(lock, [this] { return closed || !waiting.empty(); });
    if (closed) return false;
    command = std::move(waiting.front());
    waiting.pop_front();
    ++under_way;
    return true;
  }
};

Workers::Workers(std::shared_ptr<Performer> performer, std::function<void()> wake)
    : shared_(std::make_shared<Shared>()) {
  shared_->performer = std::move(performer);
  shared_->wake = std::move(wake);
  reader_ = std::thread([shared = shared_] {
    Cmd command = Quit{};
    while (shared->take(command)) {
      auto told = caught([&] { return shared->performer->read(command); });
      for (auto& msg : told) {
        if (auto* said = std::get_if<Told>(&msg)) said->of_reading = reads(command);
      }
      shared->tell(std::move(told));
    }
  });
}

Workers::~Workers() {
  bool busy = false;
  {
    const std::scoped_lock lock(shared_->guard);
    shared_->closed = true;
    busy = shared_->under_way > 0;
    shared_->ready.notify_all();
  }
  if (busy)
    reader_.detach();
  else
    reader_.join();
}

void Workers::ask(Cmd command) {
  const std::scoped_lock lock(shared_->guard);
  if (takes_long(command)) {
    ++shared_->under_way;
    Lane& lane = is_short(command) ? shared_->short_ones : shared_->long_ones;
    lane.to_do.push_back(std::move(command));
    if (lane.doers == lane.most) return;
    ++lane.doers;
    std::thread([shared = shared_, &lane] {
      Cmd taken = Quit{};
      while (shared->take_to_do(lane, taken)) shared->tell(caught([&] { return shared->performer->act(taken); }));
    }).detach();
    return;
  }
  auto& waiting = shared_->waiting;
  const auto same =
      std::find_if(waiting.begin(), waiting.end(), [&](const Cmd& other) { return replaces(command, other); });
  if (same != waiting.end())
    *same = std::move(command);
  else
    waiting.push_back(std::move(command));
  shared_->ready.notify_one();
}

std::vector<Msg> Workers::answers() {
  const std::scoped_lock lock(shared_->guard);
  return std::exchange(shared_->answers, {});
}

bool Workers::at_work() const {
  const std::scoped_lock lock(shared_->guard);
  return shared_->under_way > 0;
}

bool Workers::idle() const {
  const std::scoped_lock lock(shared_->guard);
  return shared_->under_way == 0 && shared_->waiting.empty() && shared_->answers.empty();
}

}  // namespace quantrail::tui

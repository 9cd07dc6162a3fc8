#include "tui/workers.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
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

constexpr std::size_t kDoers = 4;  // more at once would only wait for the store

bool takes_long(const Cmd& command) {
  return std::holds_alternative<RunCommand>(command) || std::holds_alternative<SubmitForm>(command);
}

}  // namespace

struct Workers::Shared {
  std::shared_ptr<Performer> performer{};
  std::function<void()> wake{};
  mutable std::mutex guard{};
  std::condition_variable ready{};
  std::deque<Cmd> waiting{};
  std::vector<Msg> answers{};
  std::deque<Cmd> to_do{};  ///< of what takes long
  std::size_t doers = 0;    ///< threads that do it
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
  bool take_to_do(Cmd& command) {
    const std::scoped_lock lock(guard);
    if (closed || to_do.empty()) {
      --doers;
      return false;
    }
    command = std::move(to_do.front());
    to_do.pop_front();
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
    while (shared->take(command)) shared->tell(shared->performer->read(command));
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
    shared_->to_do.push_back(std::move(command));
    if (shared_->doers == kDoers) return;
    ++shared_->doers;
    std::thread([shared = shared_] {
      Cmd command_taken = Quit{};
      while (shared->take_to_do(command_taken)) shared->tell(shared->performer->act(command_taken));
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

#pragma once

#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "tui/loop.h"

namespace quantrail::tui {

/// Has commands performed beside the input thread, so that a slow disk never delays a key. What is still under way when
/// it is destroyed goes on by itself, with the performer, and tells nobody; where nothing is, nothing stays behind.
class Workers {
 public:
  /// `wake` is called, on any thread, when an answer is there.
  Workers(std::shared_ptr<Performer> performer, std::function<void()> wake);
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  /// Of what only shows something, the latest wish of its kind is enough.
  void ask(Cmd command);
  [[nodiscard]] std::vector<Msg> answers();
  /// Nothing is under way or waits, and no answer does.
  [[nodiscard]] bool idle() const;
  [[nodiscard]] bool at_work() const;

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
  std::thread reader_{};
};

}  // namespace quantrail::tui

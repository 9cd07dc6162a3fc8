#pragma once

#include <chrono>
#include <cstdio>
#include <map>
#include <string>

#include "run/ports.h"

namespace quantrail::app {

/// Tells a person at a terminal, or a log, how a run goes: on a terminal one bar with rate and time left that rewrites
/// itself below the lines, elsewhere one plain line per event.
class ProgressPrinter final : public RunObserver {
 public:
  ProgressPrinter(std::FILE* out, bool terminal);
  ~ProgressPrinter() override;
  void on_event(const RunEvent& event) noexcept override;

 private:
  void line(const std::string& text);
  void draw_bar();
  void clear_bar();
  void show(const StepStarted& step);
  void show(const StepProgress& progress);
  void show(const StepFinished& step);
  void show(const Noted& note);
  void show(const Baseline& baseline);
  void show(const RankingRecord& ranking);
  void show(const IterationRecord& iteration);
  void show(const RunResult& result);

  using Clock = std::chrono::steady_clock;
  std::FILE* out_;
  bool terminal_;
  bool bar_shown_ = false;
  std::string step_{};
  std::string unit_{};
  std::size_t done_ = 0;
  std::size_t total_ = 0;
  Clock::time_point started_{};
  Clock::time_point drawn_{};
  std::string metric_{};
};

/// "accuracy@top1 0.8371" for each metric.
[[nodiscard]] std::string metrics_text(const std::map<std::string, double>& metrics);

}  // namespace quantrail::app

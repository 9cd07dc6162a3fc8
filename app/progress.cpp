#include "app/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "app/iteration_words.h"
#include "app/terminal_width.h"
#include "base/cell_text.h"
#include "base/decimals.h"
#include "base/text.h"

namespace quantrail::app {
namespace {

constexpr std::size_t kBarColumns = 28;
constexpr auto kRedraw = std::chrono::milliseconds(100);

std::string bar(std::size_t done, std::size_t total) {
  const std::size_t filled = total == 0 ? 0 : std::min(done, total) * kBarColumns / total;
  return std::string(filled, '#') + std::string(kBarColumns - filled, '.');
}

}  // namespace

std::string metrics_text(const std::map<std::string, double>& metrics) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : metrics) parts.push_back(fmt::format("{} {}", printable(name), decimals(value)));
  return joined(parts, ", ");
}

ProgressPrinter::ProgressPrinter(std::FILE* out, bool terminal) : out_(out), terminal_(terminal) {}

ProgressPrinter::~ProgressPrinter() { clear_bar(); }

void ProgressPrinter::on_event(const RunEvent& event) noexcept {
  try {
    std::visit([this](const auto& e) { show(e); }, event);
    std::fflush(out_);
  } catch (...) {
    // Display only: what cannot be printed is in the store.
    return;
  }
}

void ProgressPrinter::line(const std::string& text) {
  clear_bar();
  fmt::print(out_, "{}\n", text);
}

void ProgressPrinter::clear_bar() {
  if (!bar_shown_) return;
  std::fputs("\r\033[K", out_);
  std::fflush(out_);
  bar_shown_ = false;
}

void ProgressPrinter::draw_bar() {
  const auto now = Clock::now();
  if (!terminal_ || (bar_shown_ && now - drawn_ < kRedraw && done_ < total_)) return;
  drawn_ = now;
  const double seconds = std::chrono::duration<double>(now - started_).count();
  const double rate = seconds > 0 ? static_cast<double>(done_) / seconds : 0;
  std::string text = fmt::format("[{}] {}/{} {}", bar(done_, total_), done_, total_, unit_);
  if (done_ > 0 && rate > 0) {
    const double left = static_cast<double>(total_ - std::min(done_, total_)) / rate;
    text += fmt::format("  {:.0f}/s  ETA {}", rate, duration_text(left));
  }
  text += "  " + printable(step_);
  // A line that wraps is not rewritten but scrolls.
  const int width = terminal_width(out_);
  fmt::print(out_, "\r\033[K{}", fitted(text, (width > 0 ? width : 80) - 1));
  bar_shown_ = true;
}

void ProgressPrinter::show(const StepStarted& step) {
  step_ = step.name;
  unit_ = step.unit;
  done_ = 0;
  total_ = step.total;
  started_ = Clock::now();
  if (total_ == 0) return;  // nothing to count
  if (!terminal_) line(fmt::format("{}: {} {}", printable(step.name), step.total, step.unit));
  draw_bar();
}

void ProgressPrinter::show(const StepProgress& progress) {
  done_ = progress.done;
  total_ = progress.total;
  draw_bar();
}

void ProgressPrinter::show(const StepFinished& step) {
  const std::string how = step.reused ? "from the store" : duration_text(step.seconds);
  line(fmt::format("{}: {}", printable(step.name), how));
}

void ProgressPrinter::show(const Noted& note) { line("note: " + printable(note.text)); }

void ProgressPrinter::show(const Baseline& baseline) {
  metric_ = baseline.optimised;
  std::vector<std::string> limits;
  for (const auto& [name, limit] : baseline.limits)
    limits.push_back(fmt::format("{} may drop by {}", printable(name), decimals(limit)));
  const std::string metrics = baseline.metrics.empty() ? "no metric" : metrics_text(baseline.metrics);
  line(fmt::format("float model: {}{}{}", metrics, limits.empty() ? "" : "; ", joined(limits, ", ")));
}

void ProgressPrinter::show(const RankingRecord& ranking) {
  line(fmt::format("ranking {}: {} layers on {} samples", ranking.index, ranking.scores.size(), ranking.subset_size));
  const std::size_t shown = std::min<std::size_t>(ranking.scores.size(), 3);
  for (std::size_t at = 0; at < shown; ++at) {
    line(fmt::format("  {}. {}  {}", at + 1, printable(ranking.scores[at].group), decimals(ranking.scores[at].score)));
  }
}

void ProgressPrinter::show(const IterationRecord& it) {
  std::string what = fmt::format("{}", name_of(it.kind));
  if (!it.changed_layers.empty()) what += " " + printable(changed_in_words(it));
  const std::string verdict = verdict_in_words(it);
  line(fmt::format("iteration {}: {}: {}, {} layers float, {:.1f} % of multiply-adds int8{}", it.index, what,
                   measured_in_words(it), it.reverted_layers.size(), it.int8_macs_share * 100,
                   verdict.empty() ? "" : " (" + verdict + ")"));
}

void ProgressPrinter::show(const RunResult& result) {
  line(fmt::format("{}: {}{}", name_of(result.outcome), printable(result.explanation), speed_words(result)));
  line(fmt::format("{} evaluations, {} of them from the store", result.evaluations, result.reused));
}

}  // namespace quantrail::app

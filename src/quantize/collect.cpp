#include "quantize/collect.h"

#include "base/text.h"

namespace quantrail {
namespace {

/// What shall be learned about one value.
struct Subject {
  std::string value{};
  Learning learning{};
  bool histogram = false;
  bool last_axis = false;
};

std::vector<Subject> subjects_of(const StatisticsRequest& request) {
  std::set<std::string, std::less<>> values = request.extremes;
  for (const auto* more :
       {&request.histograms, &request.channel_means, &request.channel_magnitudes, &request.channel_quantiles}) {
    values.insert(more->begin(), more->end());
  }
  std::vector<Subject> subjects;
  for (const auto& value : values) {
    Subject subject{.value = value,
                    .learning = {.channel_means = request.channel_means.contains(value),
                                 .channel_magnitudes = request.channel_magnitudes.contains(value),
                                 .channel_quantiles = request.channel_quantiles.contains(value)},
                    .histogram = request.histograms.contains(value),
                    .last_axis = request.last_axis.contains(value)};
    if (request.extremes.contains(value)) subject.learning.outlier_probs = request.outlier_probs;
    subjects.push_back(std::move(subject));
  }
  return subjects;
}

ChannelLayout layout_of(const SampleView& view, bool last_axis) {
  if (last_axis && view.last_axis > 0 && view.channels_last && view.channels > 0) {
    const auto elements = static_cast<std::int64_t>(view.values.size());
    return {view.last_axis, false, elements / (view.last_axis * view.channels)};  // the channels lie behind it
  }
  if (last_axis && view.last_axis > 0) return {view.last_axis, true, 1};
  return {view.channels, view.channels_last, view.rows};
}

class Collector {
 public:
  /// Histograms do not depend on the order of samples, so that each of the `workers` fills its own.
  Collector(const StatisticsRequest& request, std::size_t workers)
      : subjects_(subjects_of(request)), histograms_(workers, std::vector<Histogram>(subjects_.size())) {}

  [[nodiscard]] std::vector<std::string> values() const {
    std::vector<std::string> values;
    for (const auto& subject : subjects_) values.push_back(subject.value);
    return values;
  }

  Lesson look(const ValueInSight& seen) {
    const Subject& subject = subjects_[seen.value];
    if (subject.histogram) histograms_[seen.worker][seen.value].add(seen.view.values);
    return [this, &subject,
            sample = observed(seen.view.values, layout_of(seen.view, subject.last_axis), subject.learning)] {
      statistics_.values[subject.value].add(sample);
    };
  }

  Statistics finished(std::size_t samples) {
    statistics_.samples = static_cast<std::int64_t>(samples);
    for (std::size_t i = 0; i < subjects_.size(); ++i) {
      ValueStatistics& value = statistics_.values[subjects_[i].value];
      value.finish();
      for (const auto& worker : histograms_) value.histogram.merge(worker[i]);
    }
    return std::move(statistics_);
  }

 private:
  std::vector<Subject> subjects_;
  std::vector<std::vector<Histogram>> histograms_;  ///< by worker, parallel to the subjects
  Statistics statistics_{};
};

}  // namespace

Result<Statistics> collected(const Graph& graph, const StatisticsRequest& request, const Dataset& dataset,
                             std::span<const std::size_t> samples, const PassOptions& options) {
  Collector collector(request, options.threads);
  const auto passed = watched(graph, collector.values(), dataset, samples, options,
                              [&](const ValueInSight& seen) { return collector.look(seen); });
  if (!passed) return failed(passed, "calibration");
  Statistics statistics = collector.finished(samples.size());
  // What comes first in the network is what is to blame.
  std::vector<std::string> order;
  for (const auto& input : graph.inputs) order.push_back(input.name);
  for (const auto& node : graph.nodes) order.insert(order.end(), node.outputs.begin(), node.outputs.end());
  for (const auto& value : order) {
    const auto learned = statistics.values.find(value);
    if (learned == statistics.values.end() || learned->second.samples > 0) continue;
    return fail(Cause::InvalidInput, "calibration: '{}' has no finite element in any of {} samples", printable(value),
                statistics.samples);
  }
  return statistics;
}

}  // namespace quantrail

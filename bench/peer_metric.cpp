#include "peer_metric.h"

#include "model/infer.h"

namespace quantrail::bench {

Result<std::map<std::string, double>> metrics_in_peer(OrtPeer& peer, const Dataset& data,
                                                      const std::vector<std::shared_ptr<const Metric>>& metrics,
                                                      std::size_t batch) {
  std::vector<std::vector<SampleScore>> scores(metrics.size());
  for (std::size_t first = 0; first < data.size(); first += batch) {
    const std::size_t count = std::min(batch, data.size() - first);
    const auto samples = samples_from(data, first, count);
    if (!samples) return failed(samples);
    if (const auto set = peer.set_input(*samples); !set) return failed(set);
    if (const auto ran = peer.run(1); !ran) return failed(ran);
    const auto output = peer.output();
    if (!output) return failed(output);
    const std::size_t size = output->values.size() / count;
    const Shape shape(output->shape.begin() + 1, output->shape.end());
    for (std::size_t row = 0; row < count; ++row) {
      const auto bytes = std::as_bytes(std::span(output->values).subspan(row * size, size));
      const OutputView view{ElementType::Float32, shape, bytes};
      const Truth truth = data.truth(first + row).value();
      for (std::size_t m = 0; m < metrics.size(); ++m) {
        scores[m].push_back(metrics[m]->of_sample({&view, 1}, truth));
      }
    }
  }
  std::map<std::string, double> values;
  for (std::size_t m = 0; m < metrics.size(); ++m) values[metrics[m]->name()] = metrics[m]->aggregated(scores[m]);
  return values;
}

std::size_t batch_for_peer(const Graph& graph) {
  constexpr std::int64_t kQuick = 8;
  return static_cast<std::size_t>(fixed_batch(graph).value_or(kQuick));
}

}  // namespace quantrail::bench

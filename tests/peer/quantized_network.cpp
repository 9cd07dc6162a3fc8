#include "peer/quantized_network.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

#include "model/weight_edits.h"
#include "peer/random_data.h"
#include "quantize/channel_edits.h"
#include "quantize/collect.h"
#include "quantize/full_bias_correction.h"

namespace quantrail::testing {

Quantized quantized_network(const SmallNetwork& net, const QuantizationParams& params,
                            const std::set<std::string, std::less<>>& halved) {
  const Shape& input = net.types().find("x")->second.shape;
  const RandomData data({input.begin() + 1, input.end()}, 16);
  std::vector<std::size_t> samples(data.size());
  std::iota(samples.begin(), samples.end(), std::size_t{0});
  const auto whole = placed(net.graph(), net.types(), {});
  ChannelEdits edits;
  if (const auto request = edits_request(net.graph(), whole, params); request != StatisticsRequest{}) {
    edits = channel_edits(net.graph(), whole, params, collected(net.graph(), request, data, samples, {}).value());
  }
  edits.halved.insert(halved.begin(), halved.end());
  const Graph graph = edited(net.graph(), edits.edits);
  const auto types = specialised(graph, {{"x", input}}).value().types;
  const auto placement = placed(graph, types, {});
  const QuantizerInputs inputs{graph, types, placement, edits.edits, edits.halved};
  const auto statistics = collected(graph, statistics_request(inputs, params).value(), data, samples, {});
  if (!statistics) throw std::runtime_error(statistics.error().message);
  auto q = quantized(inputs, *statistics, params).value();
  if (!params.use_fast_bias) q = fully_corrected(graph, std::move(q), data, samples, {}).value();
  Quantized made{net.graph(), Tensor::zeros(ElementType::Float32, input), std::move(q)};
  auto row = made.input.values<float>();
  for (std::int64_t n = 0; n < input[0]; ++n) {
    const auto sample = data.sample(static_cast<std::size_t>(100 + n));
    std::copy(sample.begin(), sample.end(), row.begin() + n * static_cast<std::ptrdiff_t>(sample.size()));
  }
  return made;
}

Quantized quantized_network(const SmallNetwork& net, Preset preset) {
  QuantizationParams params;
  params.preset = preset;
  return quantized_network(net, params);
}

double codes_apart(const std::vector<float>& a, const std::vector<float>& b) {
  EXPECT_EQ(a.size(), b.size());
  double span = 0.0;
  double apart = 0.0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    span = std::max<double>(span, std::abs(b[i]));
    apart = std::max<double>(apart, std::abs(a[i] - b[i]));
  }
  return apart / (span / 127.0);
}

}  // namespace quantrail::testing

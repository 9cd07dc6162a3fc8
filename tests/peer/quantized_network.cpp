#include "peer/quantized_network.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "data/subset.h"
#include "peer/random_data.h"
#include "quantize/collect.h"

namespace quantrail::testing {

Quantized quantized_network(const SmallNetwork& net, Preset preset) {
  const Shape& input = net.types().find("x")->second.shape;
  const RandomData data({input.begin() + 1, input.end()}, 16);
  QuantizationParams params;
  params.preset = preset;
  const auto placement = placed(net.graph(), net.types(), {});
  const auto samples = first_samples(data.size(), data.size());
  const auto types = net.types();
  const QuantizerInputs inputs{net.graph(), types, placement};
  const auto statistics = collected(net.graph(), statistics_request(inputs, params).value(), data, samples, {});
  if (!statistics) throw std::runtime_error(statistics.error().message);
  Quantized made{net.graph(), Tensor::zeros(ElementType::Float32, input),
                 quantized(inputs, *statistics, params).value()};
  auto row = made.input.values<float>();
  for (std::int64_t n = 0; n < input[0]; ++n) {
    const auto sample = data.sample(static_cast<std::size_t>(100 + n));
    std::copy(sample.begin(), sample.end(), row.begin() + n * static_cast<std::ptrdiff_t>(sample.size()));
  }
  return made;
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

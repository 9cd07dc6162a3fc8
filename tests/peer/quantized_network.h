#pragma once

#include <set>
#include <string>
#include <vector>

#include "export/small_network.h"
#include "model/quantization.h"
#include "quantize/quantize.h"

namespace quantrail::testing {

/// One small network, calibrated on random data and quantized.
struct Quantized {
  Graph graph{};
  Tensor input{};  ///< a batch to compare on
  Quantization q{};
};

[[nodiscard]] Quantized quantized_network(const SmallNetwork& net, Preset preset);
/// `halved`: layers that keep to half the codes.
[[nodiscard]] Quantized quantized_network(const SmallNetwork& net, const QuantizationParams& params,
                                          const std::set<std::string, std::less<>>& halved = {});

/// The largest difference in steps of an 8-bit code that spans the values of `b`.
[[nodiscard]] double codes_apart(const std::vector<float>& a, const std::vector<float>& b);

}  // namespace quantrail::testing

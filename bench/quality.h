#pragma once

#include "measurements.h"
#include "quantized_case.h"

namespace quantrail::bench {

/// What one way to quantize one network costs and gains.
struct Quality {
  std::string network{};
  std::string how{};  ///< "mixed"; of the float model "float"
  std::string metric{};
  double value = 0.0;  ///< of the metric, here
  double drop = 0.0;
  std::optional<double> peer_value{};  ///< of the same file in the peer
  std::size_t layers = 0;              ///< operators that run in int8 here
  std::size_t float_in_peer = 0;       ///< of those: which the peer computes in float, by the record
  double size_mib = 0.0;               ///< of the file
  Row speed{};                         ///< milliseconds per sample of this file, here and in the peer
  Row gain{};                          ///< the same here, against the float file in the peer
};

struct QualityOptions {
  Timing timing;
  bool times = true;
};

/// The float file of `network`. Errors: Backend; what plans and data give.
[[nodiscard]] Result<Quality> float_quality(const QuantizedNetwork& network, const QualityOptions& options);
/// The int8 file; `in_float` is that of the same network.
[[nodiscard]] Result<Quality> int8_quality(const QuantizedNetwork& network, const std::string& how,
                                           const Quality& in_float, const QualityOptions& options);

void print_quality_header();
void print(const Quality& quality);
[[nodiscard]] std::vector<Row> rows_of(const Quality& quality);

}  // namespace quantrail::bench

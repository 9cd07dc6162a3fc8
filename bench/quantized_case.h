#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/prepare.h"
#include "model/quantization.h"
#include "run/memory_store.h"

namespace quantrail::bench {

/// One way to quantize a network: DefaultQuantization with these values in the configuration.
struct QuantizationCase {
  std::string name{};
  std::vector<std::string> overrides{};  ///< KEY=VALUE
};

/// Performance, mixed, mixed with full bias correction, auto: everything else at its default.
[[nodiscard]] std::vector<QuantizationCase> quantization_cases();

/// What DefaultQuantization made of a network.
struct QuantizedNetwork {
  app::Prepared prepared{};
  Graph graph{};  ///< canonical, with the sizes that the data decides
  Quantization quantization{};
  Baseline baseline{};
  IterationRecord record{};
  std::vector<std::string> notes{};  ///< of the run: what auto tried, and what it chose
  std::filesystem::path float_file{};
  std::filesystem::path int8_file{};
};

/// Runs the configuration's network through `how`, and writes the int8 file into `folder`. `answers` may be shared by
/// cases, so that the float model is measured once. Errors: those of the configuration, and of execute().
[[nodiscard]] Result<QuantizedNetwork> quantized_network(const std::filesystem::path& config,
                                                         const QuantizationCase& how, MemoryStore& answers,
                                                         const std::filesystem::path& folder);

}  // namespace quantrail::bench

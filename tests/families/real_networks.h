#pragma once

#include <filesystem>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "families/family.h"

namespace quantrail::testing {

/// A trained network, with data that it was made for.
struct RealNetwork {
  std::string name{};
  std::string model{};                                         ///< below QUANTRAIL_DATA
  std::function<Result<std::vector<Inputs>>()> calibration{};  ///< one sample each
  std::function<Result<std::vector<Inputs>>()> inputs{};       ///< to compare on
  friend std::ostream& operator<<(std::ostream& out, const RealNetwork& network) { return out << network.name; }
};

[[nodiscard]] const std::vector<RealNetwork>& real_networks();

/// QUANTRAIL_DATA; empty where it is not set.
[[nodiscard]] std::filesystem::path real_data();

}  // namespace quantrail::testing

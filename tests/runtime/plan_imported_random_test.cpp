// Random quantized networks: plans against the plain kernel of each node.
#include <gtest/gtest.h>

#include "model/quantized_import.h"
#include "runtime/plan_check.h"
#include "runtime/random_qdq.h"

namespace quantrail::testing {
namespace {

constexpr std::uint32_t kNetworks = 150;

std::size_t integer_layers(const Graph& graph) {
  const auto network = imported(graph).value();
  std::size_t count = 0;
  for (const auto& [name, layer] : network.quantization.layers) count += layer.weights ? 1U : 0U;
  return count;
}

TEST(PlanImportedRandom, NetworksComputeWhatTheirNodesSay) {
  std::size_t layers = 0;
  std::size_t different = 0;
  std::size_t count = 0;
  for (std::uint32_t seed = 0; seed < kNetworks; ++seed) {
    SCOPED_TRACE(seed);
    auto net = random_qdq(seed, true);
    layers += integer_layers(net.graph());
    const auto& expected = net.value(net.graph().outputs[0].name);
    const auto found = agreement(computed(net.graph(), {}, net.inputs()), expected.values<float>(), net.params());
    // Means are often ties, and one that is rounded the other way moves a few codes of each layer behind it by a step.
    EXPECT_LE(found.different, found.count / 10);
    EXPECT_LE(found.largest, 2);
    different += found.different;
    count += found.count;
  }
  EXPECT_LE(different, count / 1000);
  EXPECT_GT(layers, kNetworks);
}

}  // namespace
}  // namespace quantrail::testing

#include "fuzz/model_mutator.h"

#include <gmock/gmock.h>

#include "export/onnx_bytes.h"
#include "fuzz/whole_way.h"
#include "runtime/plan_network.h"

namespace quantrail::fuzz {
namespace {

std::string small_network() {
  testing::Network net;
  const auto x = net.input("x", {1, 3, 6, 6});
  net.output(net.node("Relu", "relu", {net.conv("conv", x, {4, 3, 3, 3})}));
  net.output(net.node("Softmax", "softmax", {"relu"}, {{"axis", std::int64_t{1}}}));
  return *onnx_bytes(net.graph());
}

TEST(ModelMutator, IsRepeatable) {
  EXPECT_EQ(mutated(small_network(), 7), mutated(small_network(), 7));
  EXPECT_NE(mutated(small_network(), 7), mutated(small_network(), 8));
}

TEST(ModelMutator, LeavesWhatIsNoModel) {
  EXPECT_EQ(mutated("no model", 1), "");
  EXPECT_EQ(joined("no model", small_network(), 1), "");
}

// Else the fuzzer would only ever test the first checks.
TEST(ModelMutator, LeavesManyModelsThatComeFar) {
  const std::string whole = small_network();
  ASSERT_EQ(led_through(whole), Stage::Quantized);
  int refused = 0;
  int far = 0;
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    const auto stage = led_through(mutated(whole, seed));
    refused += stage == Stage::Refused ? 1 : 0;
    far += stage >= Stage::Ran ? 1 : 0;
  }
  EXPECT_GT(refused, 10);
  EXPECT_GT(far, 50);
}

TEST(ModelMutator, JoinsNetworksThatStillRun) {
  int far = 0;
  for (std::uint32_t seed = 0; seed < 20; ++seed) {
    far += led_through(joined(small_network(), small_network(), seed)) >= Stage::Planned ? 1 : 0;
  }
  EXPECT_GT(far, 0);
}

}  // namespace
}  // namespace quantrail::fuzz

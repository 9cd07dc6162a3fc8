// Networks of every family that people bring, float and quantized, against real ONNX Runtime.
#include <gtest/gtest.h>

#include "families/comparison.h"
#include "families/family.h"
#include "families/listed_data.h"
#include "families/ours.h"
#include "peer/peer.h"

namespace quantrail {
namespace {

using testing::Description;
using testing::Family;
using testing::Inputs;

/// Sets at each of the network's sizes in turn: few images, more sentences, whose few results are noisier.
std::vector<Inputs> random_sets(const Description& description) {
  constexpr std::size_t kElements = 200000;
  std::vector<Inputs> sets;
  std::size_t elements = 0;
  while (sets.size() < 8 || (sets.size() < 64 && elements < kElements)) {
    const auto& sizes = description.sizes[sets.size() % description.sizes.size()];
    sets.push_back(testing::random_inputs(description, sizes, static_cast<std::uint32_t>(1000 + sets.size())));
    for (const auto& [name, tensor] : sets.back()) elements += static_cast<std::size_t>(element_count(tensor.shape));
  }
  return sets;
}

testing::ListedData calibration(const Description& description) {
  std::vector<Inputs> samples;
  for (std::uint32_t seed = 1; seed <= 16; ++seed) {
    samples.push_back(testing::random_inputs(description, description.sizes[0], seed));
  }
  return testing::ListedData(std::move(samples));
}

class FamilyTest : public ::testing::TestWithParam<Family> {
 protected:
  void SetUp() override {
    static const std::string kMissing = testing::missing_peer();
    if (!kMissing.empty()) GTEST_SKIP() << kMissing;
    const auto model = testing::families_folder() / (GetParam().name + ".onnx");
    if (!std::filesystem::exists(model)) GTEST_SKIP() << model << " is not there: tools/make_networks makes it";
  }
};

TEST_P(FamilyTest, IsInBothRuntimesTheSameNetworkFloatAndQuantized) {
  const auto description = testing::described(GetParam());
  ASSERT_TRUE(description.has_value()) << description.error().message;
  const auto network = testing::our_network(description->model);
  ASSERT_TRUE(network.has_value()) << network.error().message;
  testing::Comparison comparison(*network, description->selected, random_sets(*description));
  comparison.expect_same_float(GetParam().least_float_db);
  if (HasFatalFailure()) return;

  const auto q = testing::our_quantization(network->graph, calibration(*description));
  ASSERT_TRUE(q.has_value()) << q.error().message;
  ASSERT_FALSE(q->groups.empty()) << "nothing is quantized";
  comparison.expect_as_close(*q, {});
  const auto& middle = q->groups[q->groups.size() / 2].name;
  SCOPED_TRACE(middle + " reverted");
  comparison.expect_as_close(*q, {middle});
}

INSTANTIATE_TEST_SUITE_P(Networks, FamilyTest, ::testing::ValuesIn(testing::families()),
                         [](const auto& family) { return family.param.name; });

}  // namespace
}  // namespace quantrail

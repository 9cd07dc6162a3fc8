// Trained networks on the data that they were made for, float and quantized, against real ONNX Runtime.
#include <gtest/gtest.h>

#include "families/comparison.h"
#include "families/listed_data.h"
#include "families/real_networks.h"
#include "peer/peer.h"

namespace quantrail {
namespace {

using testing::RealNetwork;

class RealNetworkTest : public ::testing::TestWithParam<RealNetwork> {
 protected:
  void SetUp() override {
    if (testing::real_data().empty()) GTEST_SKIP() << "set QUANTRAIL_DATA to the folder of trained networks";
    static const std::string kMissing = testing::missing_peer();
    if (!kMissing.empty()) GTEST_SKIP() << kMissing;
  }
};

TEST_P(RealNetworkTest, IsInBothRuntimesTheSameNetworkFloatAndQuantized) {
  const auto network = testing::our_network(testing::real_data() / GetParam().model);
  ASSERT_TRUE(network.has_value()) << network.error().message;
  const auto inputs = GetParam().inputs();
  ASSERT_TRUE(inputs.has_value()) << inputs.error().message;
  testing::Comparison comparison(*network, {}, *inputs);
  comparison.expect_same_float(100.0);
  if (HasFatalFailure()) return;

  const auto samples = GetParam().calibration();
  ASSERT_TRUE(samples.has_value()) << samples.error().message;
  const auto q = testing::our_quantization(network->graph, testing::ListedData(*samples));
  ASSERT_TRUE(q.has_value()) << q.error().message;
  ASSERT_FALSE(q->groups.empty()) << "nothing is quantized";
  comparison.expect_as_close(*q, {});
  const auto& middle = q->groups[q->groups.size() / 2].name;
  SCOPED_TRACE(middle + " reverted");
  comparison.expect_as_close(*q, {middle});
}

INSTANTIATE_TEST_SUITE_P(Networks, RealNetworkTest, ::testing::ValuesIn(testing::real_networks()),
                         [](const auto& network) { return network.param.name; });

}  // namespace
}  // namespace quantrail

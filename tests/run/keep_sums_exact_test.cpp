#include <gmock/gmock.h>

#include "run/blob_values.h"
#include "run/fakes.h"
#include "run/rebuild.h"
#include "run/saturation_remark.h"

namespace quantrail {
namespace {

using namespace testing_run;
using testing::AllOf;
using testing::Contains;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

using Names = std::set<std::string, std::less<>>;

float weight_step(Attempts& run) {
  const auto stored = stored_quantization(run.store, run.recorder.iterations.at(0).quantization);
  return stored ? stored->layers.at("fc1").weights->scale[0] : 0.0F;
}

TEST(KeepSumsExact, HalvesTheCodesOfSpoiltLayersRemembersThemAndSaysSo) {
  Attempts run;
  run.workbench.spoilt_layers = {"fc1"};
  ASSERT_TRUE(run.attempt());
  EXPECT_EQ(weight_step(run), 2.0F);
  ASSERT_EQ(run.workbench.looked_for_spoilt.size(), 1U);
  EXPECT_EQ(run.workbench.looked_for_spoilt[0].size(), 16U);
  EXPECT_THAT(run.recorder.notes, Contains(AllOf(HasSubstr("keep to half the codes"), HasSubstr("fc1"))));
  ASSERT_TRUE(run.attempt());
  EXPECT_EQ(run.workbench.looked_for_spoilt.size(), 1U) << "the store knows";
  EXPECT_EQ(weight_step(run), 2.0F);
}

TEST(KeepSumsExact, LeavesTheOthersAlone) {
  Attempts run;
  ASSERT_TRUE(run.attempt());
  EXPECT_EQ(weight_step(run), 1.0F);
  EXPECT_THAT(run.recorder.notes, Not(Contains(HasSubstr("half the codes"))));
}

TEST(KeepSumsExact, LooksNowhereWhereTheConfigurationSaysWhichLayers) {
  Attempts run;
  run.workbench.spoilt_layers = {"fc1"};
  run.inputs.compression.quantization.saturation_fix = "first_layer";
  ASSERT_TRUE(run.attempt());
  EXPECT_THAT(run.workbench.looked_for_spoilt, IsEmpty());
  EXPECT_EQ(weight_step(run), 1.0F);
}

TEST(SaturationRemark, NamesFiveLayers) {
  EXPECT_THAT(saturation_remark({"a"}), AllOf(HasSubstr("weights of 1 layer keep"), EndsWith("spoil its sums, a")));
  EXPECT_THAT(saturation_remark({"a", "b", "c", "d", "e", "f", "g"}),
              AllOf(HasSubstr("weights of 7 layers keep"), EndsWith("spoil their sums, a, b, c, d, e and 2 more")));
}

TEST(BlobValues, HoldNamesOfAnyCharacters) {
  const Names names{"", "a", "3:x", std::string("z\0\n", 3), "/b.0/Gemm"};
  EXPECT_EQ(parsed_names(serialised_names(names)), names);
  EXPECT_EQ(parsed_names({}), Names{});
  for (const std::string damaged : {"3:ab", "x", "1", "99999999999999999999999:a", "-1:a", "2:abc"}) {
    EXPECT_EQ(parsed_names({damaged.begin(), damaged.end()}), std::nullopt) << damaged;
  }
}

}  // namespace
}  // namespace quantrail

#include "run/snapshot_facts.h"

#include <gmock/gmock.h>

#include "run/execute.h"
#include "run/fakes.h"

namespace quantrail {
namespace {

const SnapshotFacts kFacts{.int8_macs_share = 1.0 / 3.0,
                           .size_bytes = 12345678901,
                           .hash = Hasher().add("file").finish(),
                           .float_in_onnxruntime = {"conv 1", "", "7 x"}};

TEST(SnapshotFacts, AreReadBackAsTheyWere) {
  EXPECT_EQ(parsed_snapshot_facts(serialised(kFacts)), kFacts);
  EXPECT_EQ(parsed_snapshot_facts(serialised(SnapshotFacts{})), SnapshotFacts{});
}

TEST(SnapshotFacts, AreNothingWhereBytesAreMissing) {
  const auto bytes = serialised(kFacts);
  // Whole but for its last names is what the length of a name cannot tell; a store has checksums for that.
  for (const std::size_t size : {0, 1, 20, 60, 80, 103}) {
    EXPECT_FALSE(parsed_snapshot_facts(std::span(bytes).first(std::min(size, bytes.size() - 1)))) << size;
  }
}

TEST(Execute, WritesNoFileOfARunThatIsRepeated) {
  using namespace testing_run;
  const RunInputs inputs = chain_inputs();
  FakeWorkbench workbench;
  MemoryStore store;
  for (const int files : {4, 4}) {
    FakeRecorder recorder;
    FakeObserver observer;
    ASSERT_TRUE(execute(inputs, workbench, store, recorder, observer, {}));
    EXPECT_EQ(workbench.files, files) << "four the first time, none after that";
    EXPECT_EQ(recorder.iterations.at(1).size_bytes, std::string("model fc0").size());
    EXPECT_NEAR(recorder.iterations.at(1).int8_macs_share, 2.0 / 3.0, 1e-12);
  }
}

}  // namespace
}  // namespace quantrail

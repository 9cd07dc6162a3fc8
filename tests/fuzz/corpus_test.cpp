// Models that once did harm, and those by which the fuzzer reaches the parts of the code: each must come back from the
// whole way, quickly, whatever the compiler. tools/fuzz searches for more.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "base/files.h"
#include "conformance/isolated.h"
#include "fuzz/whole_way.h"

namespace quantrail::fuzz {
namespace {

using conformance::Ending;
using conformance::isolated;

std::vector<std::filesystem::path> files_in(const std::string& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(QUANTRAIL_SOURCE_DIR) / folder)) {
    files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

/// How many of the files in `folder` came how far; a file that crashes or takes long is a failure that names it.
std::map<Stage, int> stages(const std::string& folder) {
  std::map<Stage, int> counts;
  for (const auto& file : files_in(folder)) {
    const auto bytes = read_file(file);
    if (!bytes) {
      ADD_FAILURE() << bytes.error().message;
      continue;
    }
    const auto ending =
        isolated([&] { return std::to_string(static_cast<int>(led_through(*bytes))); }, std::chrono::seconds(20));
    EXPECT_EQ(ending.kind, Ending::Kind::Answered) << file;
    if (ending.kind == Ending::Kind::Answered) ++counts[static_cast<Stage>(std::stoi(ending.answer))];
  }
  return counts;
}

TEST(FuzzCorpus, EveryFileComesBackAndEveryStageIsReached) {
  const auto counts = stages("tests/fuzz/corpus");
  for (const auto stage :
       {Stage::Refused, Stage::Loaded, Stage::Shaped, Stage::Planned, Stage::Ran, Stage::Quantized}) {
    EXPECT_GT(counts.contains(stage) ? counts.at(stage) : 0, 0) << static_cast<int>(stage);
  }
}

TEST(FuzzCorpus, NoFileThatOnceDidHarmDoesSo) { EXPECT_FALSE(stages("tests/fuzz/found").empty()); }

}  // namespace
}  // namespace quantrail::fuzz

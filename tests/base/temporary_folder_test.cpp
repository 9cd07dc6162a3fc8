#include "base/temporary_folder.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>

namespace quantrail {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

TEST(TemporaryFolder, GoesWithWhatIsInIt) {
  fs::path path;
  {
    auto made = TemporaryFolder::made("quantrail-test");
    ASSERT_TRUE(made) << made.error().message;
    TemporaryFolder folder = std::move(*made);
    path = folder.path();
    EXPECT_TRUE(path.filename().string().starts_with("quantrail-test-"));
    std::ofstream(path / "file") << "x";
    EXPECT_TRUE(fs::exists(path / "file"));
    folder = std::move(*TemporaryFolder::made("quantrail-test"));
    EXPECT_FALSE(fs::exists(path)) << "another takes its place";
    path = folder.path();
    EXPECT_TRUE(fs::exists(path));
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST(TemporaryFolder, SaysWhereAndWhyThereIsNone) {
  const char* before = std::getenv("TMPDIR");
  const std::string kept = before == nullptr ? "" : before;
  ::setenv("TMPDIR", "/nowhere/at/all", 1);
  const auto made = TemporaryFolder::made("quantrail-test");
  before == nullptr ? ::unsetenv("TMPDIR") : ::setenv("TMPDIR", kept.c_str(), 1);
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().message,
              AllOf(HasSubstr("/nowhere/at/all"), HasSubstr("No such file"), HasSubstr("TMPDIR")));
}

}  // namespace
}  // namespace quantrail

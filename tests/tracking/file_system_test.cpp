#include "tracking/file_system.h"

#include <array>

#include "support.h"

namespace quantrail::tracking {
namespace {

TEST(FileSystem, NetworksAreKnownByTheirNumbers) {
  EXPECT_EQ(network_name(0x6969), "NFS");
  EXPECT_EQ(network_name(0xFE534D42), "SMB");
  EXPECT_EQ(network_name(static_cast<std::int32_t>(0xFF534D42)), "CIFS") << "extended by its sign";
  EXPECT_EQ(network_name(0x65735546), "FUSE");
  for (const std::int64_t local : std::array<std::int64_t, 5>{0xEF53, 0x58465342, 0x01021994, 0x794C7630, 0x9123683E})
    EXPECT_EQ(network_name(local), "");
}

TEST(FileSystem, ATemporaryFolderIsOnThisMachine) {
  const TempFolder folder;
  EXPECT_EQ(network_of(folder.path()), "");
  EXPECT_EQ(network_of(folder.path() / "nothing"), "");
}

}  // namespace
}  // namespace quantrail::tracking

#include "tracking/kept_models.h"

#include "support.h"

namespace quantrail::tracking {
namespace {

namespace fs = std::filesystem;

// y = x W (MatMul, opset 13, IR 7), with W inside and with W in weights/w.bin.
constexpr std::string_view kWhole =
    "080712003a610a150a01780a01771201791a026d6d22064d61744d756c1201672a1b0802080210014201774a100000803f0000004000004040"
    "000080405a130a0178120e0a0c080112080a0208010a02080262130a0179120e0a0c080112080a0208010a02080242040a00100d";
constexpr std::string_view kExternal =
    "080712003a87010a150a01780a01771201791a026d6d22064d61744d756c1201672a410802080210014201776a190a086c6f636174696f6e12"
    "0d776569676874732f772e62696e6a0b0a066f66667365741201306a0c0a066c656e6774681202313670015a130a0178120e0a0c080112080a"
    "0208010a02080262130a0179120e0a0c080112080a0208010a02080242040a00100d";

std::string bytes_of(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

std::vector<std::string> kept_folders(const Store& store) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(store.models())) names.push_back(entry.path().filename().string());
  return names;
}

class KeptModelsTest : public testing::Test {
 protected:
  [[nodiscard]] fs::path whole() {
    write_text(folder_.path() / "net.onnx", bytes_of(kWhole));
    return folder_.path() / "net.onnx";
  }
  [[nodiscard]] fs::path external() {
    fs::create_directories(folder_.path() / "in" / "weights");
    write_text(folder_.path() / "in" / "weights" / "w.bin", std::string(16, '\0'));
    write_text(folder_.path() / "in" / "net.onnx", bytes_of(kExternal));
    return folder_.path() / "in" / "net.onnx";
  }
  TempFolder folder_;
  Store store_ = new_store(folder_);
};

TEST_F(KeptModelsTest, AModelSurvivesItsOriginal) {
  const auto path = whole();
  const Model model = must(load_model(path));
  EXPECT_TRUE(must(keep_model(store_, model)));
  write_text(path, "overwritten in place");
  const Model kept = must(base_model(store_, model.hash, path));
  EXPECT_EQ(kept.hash, model.hash);
  EXPECT_EQ(kept.graph.nodes.size(), model.graph.nodes.size());
  fs::remove(path);
  EXPECT_TRUE(base_model(store_, model.hash, path));
}

TEST_F(KeptModelsTest, ExternalDataIsKeptToo) {
  const auto path = external();
  const Model model = must(load_model(path));
  EXPECT_EQ(model.external_files, std::vector<std::string>{"weights/w.bin"});
  EXPECT_TRUE(must(keep_model(store_, model)));
  fs::remove_all(path.parent_path());
  EXPECT_EQ(must(base_model(store_, model.hash, path)).hash, model.hash);
}

TEST_F(KeptModelsTest, KeepingTwiceKeepsOneAndLeavesNothingBehind) {
  const Model model = must(load_model(whole()));
  EXPECT_TRUE(must(keep_model(store_, model)));
  const auto kept = store_.models() / model.hash.hex() / "model.onnx";
  const auto written = fs::last_write_time(kept);
  EXPECT_TRUE(must(keep_model(store_, model)));
  EXPECT_EQ(fs::last_write_time(kept), written);
  EXPECT_EQ(kept_folders(store_), std::vector<std::string>{model.hash.hex()});
}

TEST_F(KeptModelsTest, ACutOffCopyIsMadeAnew) {
  const auto path = whole();
  const Model model = must(load_model(path));
  must(keep_model(store_, model));
  const auto kept = store_.models() / model.hash.hex() / "model.onnx";
  fs::resize_file(kept, 10);
  EXPECT_TRUE(must(keep_model(store_, model)));
  EXPECT_EQ(fs::file_size(kept), model.bytes);
}

TEST_F(KeptModelsTest, ADamagedCopyIsNotUsed) {
  const auto path = whole();
  const Model model = must(load_model(path));
  must(keep_model(store_, model));
  std::string other = bytes_of(kWhole);
  other[50] = static_cast<char>(other[50] ^ 1);
  write_text(store_.models() / model.hash.hex() / "model.onnx", other);
  EXPECT_EQ(must(base_model(store_, model.hash, path)).path, path) << "the original still has the content";
  fs::remove(path);
  EXPECT_TRUE(fails_with(base_model(store_, model.hash, path), Cause::InvalidInput, "net.onnx"));
}

TEST_F(KeptModelsTest, ADamagedCopyIsToldAndRenewed) {
  const auto path = whole();
  const Model model = must(load_model(path));
  const auto kept = store_.models() / model.hash.hex();
  EXPECT_EQ(kept_copy(store_, model.hash), KeptCopy::Missing);
  must(keep_model(store_, model));
  EXPECT_EQ(kept_copy(store_, model.hash), KeptCopy::Whole);
  std::string other = bytes_of(kWhole);
  other[50] = static_cast<char>(other[50] ^ 1);  // as long as it was
  write_text(kept / "model.onnx", other);
  EXPECT_EQ(kept_copy(store_, model.hash), KeptCopy::Damaged);
  EXPECT_TRUE(must(renew_kept_model(store_, model)));
  EXPECT_EQ(kept_copy(store_, model.hash), KeptCopy::Whole);
  fs::remove(kept / "model.onnx");
  EXPECT_EQ(kept_copy(store_, model.hash), KeptCopy::Damaged);
}

TEST_F(KeptModelsTest, AFileThatChangedSinceItWasLoadedIsNotKept) {
  const auto path = whole();
  const Model model = must(load_model(path));
  std::string other = bytes_of(kWhole);
  other[50] = static_cast<char>(other[50] ^ 1);
  write_text(path, other);
  EXPECT_TRUE(fails_with(keep_model(store_, model), Cause::InvalidInput, "changed while it was copied"));
  EXPECT_TRUE(kept_folders(store_).empty());
}

TEST_F(KeptModelsTest, TooLargeAModelIsFoundWhereItWas) {
  const auto path = whole();
  const Model model = must(load_model(path));
  EXPECT_FALSE(must(keep_model(store_, model, model.bytes - 1)));
  EXPECT_TRUE(kept_folders(store_).empty());
  EXPECT_EQ(must(base_model(store_, model.hash, path)).path, path);
}

}  // namespace
}  // namespace quantrail::tracking


By0JPUV€U U
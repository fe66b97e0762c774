"""What archiver is called where it is installed from."""

# Import and command are `archiver`; that name on the package index belongs to another program, of 2011.
DISTRIBUTION = "wechat-archiver"
# The line that installs it; {} is where it is: a checkout, a wheel or an address, since it is not published yet.
INSTALL = "pipx install {}"

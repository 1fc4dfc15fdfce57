<?xml version="1.0"?>
<!-- The edits that the benchmark compares: pins, vhost with queues, the agent's channel. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:template match="@*|node()">
    <xsl:copy><xsl:apply-templates select="@*|node()"/></xsl:copy>
  </xsl:template>
  <xsl:template match="/domain/vcpu">
    <xsl:copy-of select="."/>
    <cputune>
      <vcpupin vcpu="0" cpuset="1"/><vcpupin vcpu="1" cpuset="37"/>
      <vcpupin vcpu="2" cpuset="2"/><vcpupin vcpu="3" cpuset="38"/>
      <emulatorpin cpuset="0,36"/>
    </cputune>
  </xsl:template>
  <xsl:template match="interface/model">
    <xsl:copy-of select="."/>
    <driver name="vhost" queues="4"/>
  </xsl:template>
  <xsl:template match="devices">
    <xsl:copy>
      <xsl:apply-templates select="@*|node()"/>
      <channel type="unix"><target type="virtio" name="org.kvmtune.agent.0"/></channel>
    </xsl:copy>
  </xsl:template>
</xsl:stylesheet>

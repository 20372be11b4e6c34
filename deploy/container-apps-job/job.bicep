// The monthly run as a scheduled job of Azure Container Apps. docs/how-to/scheduling.md has the commands.
// No secret is a parameter: the job reads them from Key Vault with its own identity.

@description('Of the job, and of the environment it runs in.')
param location string = resourceGroup().location

param jobName string = 'iargus-monitoring'

@description('Resource id of the Container Apps environment, which must reach MySQL and MLflow.')
param environmentId string

@description('Resource id of the identity that may read the vault and pull the image.')
param identityId string

@description('Host name of the registry, such as example.azurecr.io.')
param registryServer string

@description('The image with its tag or, better, its digest.')
param image string

@description('Address of the vault with a slash at the end, such as https://example.vault.azure.net/')
param vaultUri string

param mysqlHost string
param mysqlUser string = 'iargus_job'
param mlflowHost string
param mlflowUser string = 'iargus-job'
param smtpServer string
param smtpPort int = 587
param smtpLogin string

@description('Addresses, separated by commas.')
param smtpRecipient string

@description('Five fields (minute hour day month weekday) in UTC. Daily: what is not due is not done.')
param cronExpression string = '15 3 * * *'

resource job 'Microsoft.App/jobs@2025-01-01' = {
  name: jobName
  location: location
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    environmentId: environmentId
    configuration: {
      triggerType: 'Schedule'
      scheduleTriggerConfig: {
        cronExpression: cronExpression
        // Replicas of one execution. It does not keep two executions apart; the run's own lock does.
        parallelism: 1
        replicaCompletionCount: 1
      }
      // Seconds. Less than monitoring.lock_timeout_s, so that the next day finds the lock free.
      replicaTimeout: 7200
      // Once more at once, for what passes quickly. What lasts is tried again the next day.
      replicaRetryLimit: 1
      registries: [
        {
          server: registryServer
          identity: identityId
        }
      ]
      secrets: [
        {
          name: 'mysql-job-pwd'
          keyVaultUrl: '${vaultUri}secrets/mysql-job-pwd'
          identity: identityId
        }
        {
          name: 'mlflow-job-pwd'
          keyVaultUrl: '${vaultUri}secrets/mlflow-job-pwd'
          identity: identityId
        }
        {
          name: 'bundle-keys'
          keyVaultUrl: '${vaultUri}secrets/bundle-keys'
          identity: identityId
        }
        {
          name: 'smtp-pwd'
          keyVaultUrl: '${vaultUri}secrets/smtp-pwd'
          identity: identityId
        }
      ]
    }
    template: {
      containers: [
        {
          name: 'monitoring'
          image: image
          // Spelled out, although it is what the image starts by itself: one command everywhere.
          command: [
            'python'
            'model_monitoring.py'
          ]
          args: [
            '--json'
          ]
          resources: {
            cpu: 1
            memory: '2Gi'
          }
          env: [
            { name: 'IARGUS_ENV', value: 'production' }
            { name: 'IARGUS_VAR', value: '/tmp/iargus' }
            { name: 'MYSQL_HOST', value: mysqlHost }
            { name: 'MYSQL_USER', value: mysqlUser }
            { name: 'MYSQL_PWD', secretRef: 'mysql-job-pwd' }
            { name: 'MYSQL_SSL_CA', value: '/etc/ssl/certs/ca-certificates.crt' }
            { name: 'MLFLOW_HOST', value: mlflowHost }
            { name: 'MLFLOW_TRACKING_USERNAME', value: mlflowUser }
            { name: 'MLFLOW_TRACKING_PASSWORD', secretRef: 'mlflow-job-pwd' }
            { name: 'IARGUS_BUNDLE_KEYS', secretRef: 'bundle-keys' }
            { name: 'SMTP_SERVER', value: smtpServer }
            { name: 'SMTP_PORT', value: string(smtpPort) }
            { name: 'SMTP_LOGIN', value: smtpLogin }
            { name: 'SMTP_PWD', secretRef: 'smtp-pwd' }
            { name: 'SMTP_RECIPIENT', value: smtpRecipient }
          ]
        }
      ]
    }
  }
}

output jobId string = job.id
